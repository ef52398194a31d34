using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Cmdlets;

/// <summary>Finds the backup that a user means.</summary>
internal static class BackupSearch
{
    /// <summary>Stands for the newest backup, as in restic.</summary>
    public const string Latest = "latest";

    /// <summary>The backup by the start of its id, or the newest for <see cref="Latest"/>.</summary>
    /// <exception cref="BackupException"><c>BackupNotFound</c>, <c>BackupDamaged</c>.</exception>
    public static async Task<Snapshot> FindAsync(
        OpenRepository repository, string backupId, IBackupObserver observer, CancellationToken cancellationToken)
    {
        if (!backupId.Equals(Latest, StringComparison.OrdinalIgnoreCase))
        {
            return await repository.Repository.Snapshots.FindAsync(backupId, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<Snapshot> all = await repository.Repository.Snapshots
            .ListAsync(observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        return all.Count > 0
            ? all[^1]
            : throw new BackupException(
                BackupErrorKind.BackupNotFound,
                $"There is no backup in the repository '{repository.Name}'.",
                "Make one with Invoke-Backup.")
            {
                Subject = repository.Name,
            };
    }
}
