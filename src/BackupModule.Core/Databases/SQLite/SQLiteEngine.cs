using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>SQLite: databases that are files of this machine.</summary>
public sealed class SQLiteEngine : IDatabaseEngine
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<DatabaseFinding>> TestAsync(DatabaseAccess access, CancellationToken cancellationToken) =>
        Task.Run(() => SQLiteTest.Run(access), cancellationToken);

    /// <inheritdoc/>
    public Task<IDatabaseBackup> BeginBackupAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken) => Task.Run<IDatabaseBackup>(
        () =>
        {
            string path = SQLiteSource.PathOf(access);
            SQLiteTest.Require(path);
            return new SQLiteBackup(access, path, observer);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task RequireRestorableAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, CancellationToken cancellationToken) =>
        Task.Run(new SQLiteRestore(access, request, content, SilentObserver.Instance).RequireRestorable, cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access,
        DatabaseRestoreRequest request,
        IDatabaseContent content,
        IBackupObserver observer,
        CancellationToken cancellationToken) =>
        new SQLiteRestore(access, request, content, observer).RunAsync(cancellationToken);
}
