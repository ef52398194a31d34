using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Maintenance;

/// <summary>Finds every blob that some backup needs.</summary>
internal static class UsedBlobs
{
    /// <summary>Walks the trees of all snapshots, each tree once.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c> or <c>TreeDamaged</c>: what cannot be read may need
    /// anything, so nothing may be removed.</exception>
    public static async Task<HashSet<BlobKey>> FindAsync(
        Repository repository, IBackupObserver observer, CancellationToken cancellationToken)
    {
        HashSet<BlobKey> used = [];
        IReadOnlyList<Snapshot> snapshots = await repository.Snapshots.ListAllAsync(cancellationToken)
            .ConfigureAwait(false);
        Stack<ObjectId> open = new(snapshots.Select(static snapshot => snapshot.Tree));
        while (open.TryPop(out ObjectId tree))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!used.Add(new BlobKey(BlobType.Tree, tree)))
            {
                continue;
            }

            observer.OnProgress(new OperationProgress(
                "Finding what backups use", tree.ShortText, used.Count, null, 0, null));
            foreach (TreeNode node in await repository.Trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false))
            {
                foreach (ObjectId chunk in node.Content ?? [])
                {
                    used.Add(new BlobKey(BlobType.Data, chunk));
                }

                if (node.Subtree is { } subtree)
                {
                    open.Push(subtree);
                }
            }
        }

        return used;
    }
}
