using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Commands.Backups;

/// <summary>Removes backups. Their data stays until <c>Optimize-BackupRepository</c> finds that nothing else uses it.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "Backup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveBackupCommand : LockingBackupCommand
{
    private readonly Dictionary<OpenRepository, HashSet<ObjectId>> _chosen = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        if (SnapshotEditor.RefusalOf(snapshot, Clock.GetUtcNow()) is { } refusal)
        {
            throw refusal;
        }

        string target = $"{open.Name}: {snapshot.Id.ShortText} of {snapshot.Time.ToDateTimeOffset():yyyy-MM-dd HH:mm}, "
            + string.Join(", ", snapshot.Paths);
        if (await Pipeline.ConfirmAsync(target, "Remove the backup").ConfigureAwait(false))
        {
            if (!_chosen.TryGetValue(open, out HashSet<ObjectId>? ids))
            {
                _chosen[open] = ids = [];
            }

            ids.Add(snapshot.Id);
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        // All at once, under one lock a repository.
        foreach ((OpenRepository open, HashSet<ObjectId> ids) in _chosen)
        {
            await new SnapshotEditor(open.Repository, Clock, Pipeline)
                .RemoveAsync(ids, LockWait, cancellationToken).ConfigureAwait(false);
        }
    }
}
