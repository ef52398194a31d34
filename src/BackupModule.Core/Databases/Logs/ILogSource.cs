using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.Logs;

/// <summary>An engine whose log can be streamed while it is written, and replayed after a restore. Implemented by an
/// <see cref="IDatabaseEngine"/> beside it.</summary>
public interface ILogSource
{
    /// <summary>Streams the log from where the repository's copy ends until it is stopped, or the connection breaks.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>: try again later; <c>LogGap</c>: the server no longer has
    /// what comes next, and nothing was written past the hole; <c>DatabaseAccessDenied</c>, <c>DatabaseUnsuitable</c>.</exception>
    Task StreamLogAsync(
        DatabaseAccess access, ILogSink sink, IBackupObserver observer, CancellationToken cancellationToken);

    /// <summary>Has the server no longer keep its log for a stream that was given up. One that keeps nothing does nothing.</summary>
    /// <param name="access">The database.</param>
    /// <param name="streamId">The stream; see <see cref="ILogSink.StreamId"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">The server refused, or could not be reached.</exception>
    Task ReleaseLogAsync(DatabaseAccess access, string streamId, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>How far a restore of the backup can go on with the log.</summary>
    /// <param name="backup">What the backup says of the database.</param>
    /// <param name="logs">The log in the repository.</param>
    RecoveryReach FindReach(DatabaseFacts backup, LogCoverage logs);
}
