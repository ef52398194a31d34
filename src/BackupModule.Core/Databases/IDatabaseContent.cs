using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;

namespace BackupModule.Core.Databases;

/// <summary>The folder of one database in a backup, and the log that follows it.</summary>
public interface IDatabaseContent
{
    /// <summary>What the backup says of the database.</summary>
    DatabaseFacts Facts { get; }

    /// <summary>The log files that are in the repository, of all times.</summary>
    LogCoverage Logs { get; }

    /// <summary>The files below the database's folder, with <c>/</c> between parts, and their sizes in bytes.</summary>
    Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>ItemNotFound</c>, or damage.</exception>
    Task<Stream> OpenAsync(string file, CancellationToken cancellationToken);

    /// <summary>Writes a folder's content into a new or empty folder on disk: files, folders, links, permissions and times;
    /// they belong to the user of this process.</summary>
    /// <param name="folder">The folder below the database's; empty for all.</param>
    /// <param name="destination">Where its content goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Diagnostics.BackupException">Something could not be restored; what was is left.</exception>
    Task ExtractAsync(string folder, string destination, CancellationToken cancellationToken);

    /// <summary>Writes the bytes of a log file that are in the repository.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>ItemNotFound</c>, or damage.</exception>
    Task CopyLogAsync(string file, Stream destination, CancellationToken cancellationToken);
}
