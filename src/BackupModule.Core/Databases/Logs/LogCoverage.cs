using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Databases.Logs;

/// <summary>The log of a database that is in a repository: complete files of backups of the log, and what was streamed since.
/// </summary>
/// <param name="Files">The files, by name in byte order. A file whose pieces do not join has the first run of them alone.</param>
public sealed record LogCoverage(IReadOnlyList<LogFile> Files)
{
    /// <summary>No log at all.</summary>
    public static LogCoverage Empty { get; } = new([]);

    /// <summary>The file of the name; null if nothing of it is there.</summary>
    public LogFile? Find(string name) => Files.FirstOrDefault(file => string.Equals(file.Name, name, StringComparison.Ordinal));
}
