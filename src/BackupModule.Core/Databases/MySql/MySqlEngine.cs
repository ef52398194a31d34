using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.MySql.Logical;
using BackupModule.Core.Databases.MySql.Logs;
using BackupModule.Core.Databases.MySql.Physical;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql;

/// <summary>MariaDB and MySQL: dumps and, of MariaDB, physical backups; and the binary log.</summary>
public sealed class MySqlEngine : IDatabaseEngine, ILogSource
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<DatabaseFinding>> TestAsync(DatabaseAccess access, CancellationToken cancellationToken) =>
        new MySqlTest(access).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IDatabaseBackup> BeginBackupAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        MySqlServer server = new(access);
        MySqlSession session = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            MySqlTools tools = new(access.Definition.ToolFolder, session.IsMariaDb);
            if (access.Definition.Mode == DatabaseMode.Physical)
            {
                _ = tools.PhysicalBackup;
                return session.IsMariaDb
                    ? new MySqlPhysicalBackup(access, server, session)
                    : throw new BackupException(
                        BackupErrorKind.DatabaseUnsuitable,
                        $"The server {server.Address} is MySQL {session.Version}; physical backups are made of MariaDB alone.",
                        "Choose -Mode Logical.")
                    {
                        Subject = access.Definition.Name,
                    };
            }

            _ = tools.Dump;
            return new MySqlDump(
                access,
                server,
                session,
                await ChooseAsync(access, session, cancellationToken).ConfigureAwait(false),
                observer);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task RequireRestorableAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, CancellationToken cancellationToken) =>
        new MySqlRestore(access, request, content, SilentObserver.Instance).RequireRestorableAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access,
        DatabaseRestoreRequest request,
        IDatabaseContent content,
        IBackupObserver observer,
        CancellationToken cancellationToken) =>
        new MySqlRestore(access, request, content, observer).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StreamLogAsync(
        DatabaseAccess access, ILogSink sink, IBackupObserver observer, CancellationToken cancellationToken) =>
        new BinlogStream(access, new MySqlServer(access), sink, observer).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public RecoveryReach FindReach(DatabaseFacts backup, LogCoverage logs) => BinlogReach.Find(backup, logs).Reach;

    private static async Task<IReadOnlyList<string>> ChooseAsync(
        DatabaseAccess access, MySqlSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> there = await session.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> wanted = access.Definition.Databases;
        if (wanted.Except(there).ToList() is [string missing, ..])
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The server has no database '{missing}', or does not show it to this account.",
                "Correct the source's databases, or grant SELECT on it.")
            {
                Subject = missing,
            };
        }

        return wanted.Count > 0
            ? [.. wanted.Distinct()]
            : there.Count > 0 ? there : throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                "The server has no database besides its own, or shows none to this account.",
                "Grant SELECT on the databases to the account.")
            {
                Subject = access.Definition.Name,
            };
    }
}
