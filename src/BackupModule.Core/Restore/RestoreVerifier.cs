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

    public void Run(RestorePlan plan, CancellationToken cancellationToken)
    {
        RestoreItem[] files = [.. plan.Items.Where(static item =>
            item.Node?.Type == NodeType.File && item.Action != RestoreAction.Skip)];
        ProgressCounter progress = new(
            observer, "Comparing with the backup", files.Length, files.Sum(static item => (long)item.Node!.Size));
        Parallel.ForEach(files, RestoreParallelism.Options(cancellationToken), item =>
        {
            tally.Try(item, () => Compare(item));
            progress.Add(1, (long)item.Node!.Size, item.Path);
        });
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
