using System.Collections.Generic;

namespace BackupModule.Core.Databases.Logs;

/// <summary>What a backup of a database's log says of it.</summary>
/// <param name="DatabaseName">The source's name in the policy.</param>
/// <param name="Engine">The server's kind.</param>
/// <param name="SourceId">The server that the log is of; see <see cref="ILogSink.OpenAsync"/>.</param>
/// <param name="Files">The log files in the backup, all complete, by name.</param>
public sealed record LogFacts(string DatabaseName, DatabaseEngine Engine, string SourceId, IReadOnlyList<LogFile> Files);
