using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Exchange;

/// <summary>The place that SQL Server and this process both reach, through which backups go one at a time. Everything in it has
/// a name of its own, and is removed by who made it.</summary>
internal interface IBackupExchange
{
    /// <summary>What the place is called in messages, as in <c>the exchange folder '/exchange'</c>.</summary>
    string Description { get; }

    /// <summary>The names that are given in it.</summary>
    ExchangeNames Names { get; }

    /// <summary>What a statement calls something of the place.</summary>
    /// <param name="name">The name, one of <see cref="Names"/>.</param>
    BackupDevice DeviceOf(string name);

    /// <summary>The names of everything whose name begins so.</summary>
    /// <exception cref="BackupException">The place cannot be listed.</exception>
    Task<IReadOnlyList<string>> ListAsync(string nameStart, CancellationToken cancellationToken);

    /// <summary>Keeps other streams of the same log away until it is disposed, or the session ends: two would each have half of
    /// the log.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: there is one.</exception>
    Task<IAsyncDisposable> LockLogsAsync(SqlServerSession session, CancellationToken cancellationToken);

    /// <summary>Opens what the server has written. The stream knows its length and can be sought in.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: it is not here, or may not be read.</exception>
    Task<Stream> OpenWrittenAsync(BackupDevice device, CancellationToken cancellationToken);

    /// <summary>Fills something new that the server is to read.</summary>
    /// <exception cref="BackupException">It cannot be written. Nothing of it is left.</exception>
    Task FillAsync(BackupDevice device, Func<Stream, Task> fill, CancellationToken cancellationToken);

    /// <summary>Removes something if it is there; false if it cannot be.</summary>
    Task<bool> TryRemoveAsync(BackupDevice device);

    /// <summary>What keeps the server from using the place, as far as it can be asked.</summary>
    /// <param name="session">The server.</param>
    /// <param name="server">What it says of itself.</param>
    /// <param name="databases">The databases that are to be backed up; none for restores and logs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<DatabaseFinding>> ReviewAsync(
        SqlServerSession session,
        ServerProfile server,
        IReadOnlyList<DatabaseProfile> databases,
        CancellationToken cancellationToken);

    /// <summary>Looks whether the server sees what this process has put there.</summary>
    /// <returns>Null where it does.</returns>
    Task<DatabaseFinding?> FindBlindnessAsync(
        SqlServerSession session, ServerProfile server, BackupDevice probe, CancellationToken cancellationToken);
}
