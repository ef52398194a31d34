using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.PostgreSql.Logical;
using BackupModule.Core.Databases.PostgreSql.Physical;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Recovery;
using BackupModule.Core.Databases.PostgreSql.Wal;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql;

/// <summary>PostgreSQL: base backups and the log of a server, or dumps of its databases.</summary>
internal sealed class PostgreSqlEngine : IDatabaseEngine, ILogSource
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<DatabaseFinding>> TestAsync(DatabaseAccess access, CancellationToken cancellationToken) =>
        IsLogical(access.Definition.Mode)
            ? LogicalCheck.TestAsync(access, cancellationToken)
            : PhysicalCheck.TestAsync(access, cancellationToken);

    /// <inheritdoc/>
    public async Task<IDatabaseBackup> BeginBackupAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken) =>
        IsLogical(access.Definition.Mode)
            ? await LogicalBackup.BeginAsync(access, observer, cancellationToken).ConfigureAwait(false)
            : await PhysicalBackup.BeginAsync(access, observer, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task RequireRestorableAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, CancellationToken cancellationToken) =>
        IsLogical(content.Facts.Mode)
            ? LogicalRestorer.RequireRestorableAsync(access, request, content, cancellationToken)
            : new PhysicalRestorer(access, request, content, SilentObserver.Instance).RequireRestorableAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access,
        DatabaseRestoreRequest request,
        IDatabaseContent content,
        IBackupObserver observer,
        CancellationToken cancellationToken) =>
        IsLogical(content.Facts.Mode)
            ? LogicalRestorer.RestoreAsync(access, request, content, observer, cancellationToken)
            : new PhysicalRestorer(access, request, content, observer).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StreamLogAsync(
        DatabaseAccess access, ILogSink sink, IBackupObserver observer, CancellationToken cancellationToken) =>
        IsLogical(access.Definition.Mode)
            ? throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The database source '{access.Definition.Name}' is backed up as dumps, which no log continues.",
                "Give it -Mode Physical, or a second source for the same server.")
            {
                Subject = access.Definition.Name,
            }
            : new WalStreamer(access, sink, observer).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task ReleaseLogAsync(DatabaseAccess access, string streamId, CancellationToken cancellationToken)
    {
        ServerAddress address = ServerAddress.Parse(access.Definition.ConnectionString);
        ReplicationConnection connection = await ReplicationConnection
            .OpenAsync(address, access.PasswordText, access.Time, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            string slot = SlotNames.Of(access.Definition.Name, streamId);
            IReadOnlyList<string?[]> found = await connection
                .QueryAsync($"READ_REPLICATION_SLOT {slot}", cancellationToken).ConfigureAwait(false);
            if (found[0][0] is not null)
            {
                await connection.QueryAsync($"DROP_REPLICATION_SLOT {slot}", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public RecoveryReach FindReach(DatabaseFacts backup, LogCoverage logs) => WalReach.Find(backup, logs);

    // What a backup is says the backup, whatever the policy says by now.
    private static bool IsLogical(DatabaseMode mode) => mode == DatabaseMode.Logical;
}
