using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Exchange;

/// <summary>A lock of the server that keeps streams of one log apart. Where it is not released, it ends with the session that
/// took it, however that ends.</summary>
internal sealed class LogLock : IAsyncDisposable
{
    private readonly SqlServerSession _session;
    private readonly string _name;

    private LogLock(SqlServerSession session, string name)
    {
        _session = session;
        _name = name;
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="session">The session that backs the log up.</param>
    /// <param name="names">The names of the source.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: another session has it.</exception>
    public static async Task<LogLock> TakeAsync(
        SqlServerSession session, ExchangeNames names, CancellationToken cancellationToken)
    {
        int result = (await session.QueryAsync(
            SessionLock.Take(names.LogLock),
            $"locking the log of '{names.Source}'",
            null,
            static row => row.GetInt32(0),
            cancellationToken).ConfigureAwait(false)).Single();
        return result >= 0 ? new LogLock(session, names.LogLock) : throw Taken(names.Source, null);
    }

    /// <summary>That another stream takes the log.</summary>
    public static BackupException Taken(string source, Exception? inner) => new(
        BackupErrorKind.DatabaseUnsuitable,
        $"Another stream takes the log of '{source}' from the server.",
        "Stop the other one, or wait until it has ended.",
        inner)
    {
        Subject = source,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _session.QueryAsync(
                SessionLock.Release(_name), "releasing the log", null, static _ => true, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (BackupException)
        {
            // A session that is broken has no lock any more.
        }
    }
}
