using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>Reads restored files again and compares them with the backup.</summary>
internal sealed class RestoreVerifier(
    Repository repository, IRestoreTarget target, RestoreTally tally, IBackupObserver observer)
{
    private readonly ContentComparer _comparer = new(repository.Blobs);

    public async Task RunAsync(RestorePlan plan, CancellationToken cancellationToken)
    {
        ProgressCounter progress = new(
            observer, "Comparing with the backup", plan.Totals.Files, plan.Totals.FileBytes);
        await Parallel.ForEachAsync(
            plan.ReadEntriesAsync(tally.Report, cancellationToken).Where(static item => item.IsRestoredFile),
            RestoreParallelism.Options(cancellationToken),
            (item, _) =>
            {
                tally.Try(item.Path, () => Compare(item));
                progress.Add(1, (long)item.Node!.Size, item.Path);
                return ValueTask.CompletedTask;
            }).ConfigureAwait(false);
    }

    private void Compare(RestoreItem item)
    {
        TreeNode node = item.Node!;
        using IRestoreFile file = target.OpenFile(item.Path);
        long size = node.Content!.Sum(id => repository.Blobs.LengthOf(new BlobKey(BlobType.Data, id)));
        if (_comparer.FindDifferences(file, node).Count > 0 || file.Length != size)
        {
            throw new BackupException(
                BackupErrorKind.VerificationFailed,
                $"{RawText.ToDisplay(item.Path)} differs from the backup after it was restored.",
                "Check the disk, and that nothing else writes there; then run the restore again.")
            {
                Subject = item.Path,
            };
        }
    }
}
