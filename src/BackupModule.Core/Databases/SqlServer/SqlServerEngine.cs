using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.SqlServer.Restoring;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Microsoft SQL Server of 2016 and later: full and differential backups, and backups of the log, which the server
/// writes into a folder that it shares with this machine, or into a bucket.</summary>
public sealed class SqlServerEngine : IDatabaseEngine, ILogSource
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<DatabaseFinding>> TestAsync(DatabaseAccess access, CancellationToken cancellationToken) =>
        SqlServerTester.TestAsync(access, cancellationToken);

    /// <inheritdoc/>
    public async Task<IDatabaseBackup> BeginBackupAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken) =>
        await SqlServerBackup.BeginAsync(access, observer, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task RequireRestorableAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, CancellationToken cancellationToken) =>
        SqlServerRestorer.RequireRestorableAsync(access, request, content, cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access,
        DatabaseRestoreRequest request,
        IDatabaseContent content,
        IBackupObserver observer,
        CancellationToken cancellationToken) =>
        SqlServerRestorer.RestoreAsync(access, request, content, observer, cancellationToken);

    /// <inheritdoc/>
    public Task StreamLogAsync(
        DatabaseAccess access, ILogSink sink, IBackupObserver observer, CancellationToken cancellationToken) =>
        SqlServerLogStream.RunAsync(access, sink, observer, cancellationToken);

    /// <inheritdoc/>
    public RecoveryReach FindReach(DatabaseFacts backup, LogCoverage logs) => SqlServerRecovery.FindReach(backup, logs);
}
