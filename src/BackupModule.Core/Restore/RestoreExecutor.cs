using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// Carries out a restore plan: make room, create directories, fill the files, then links and special files, and last the
/// metadata of directories, deepest first.
/// </summary>
internal sealed class RestoreExecutor
{
    private readonly Repository _repository;
    private readonly RestorePlan _plan;
    private readonly IRestoreTarget _target;
    private readonly IBackupObserver _observer;
    private readonly RestoreTally _tally;

    public RestoreExecutor(Repository repository, RestorePlan plan, IRestoreTarget target, IBackupObserver observer)
    {
        _repository = repository;
        _plan = plan;
        _target = target;
        _observer = observer;
        _tally = new RestoreTally(observer);
    }

    public long Failures => _tally.Failures;

    public long BytesWritten => _tally.BytesWritten;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        MakeRoomAndDirectories(cancellationToken);
        using (ContentRestorer content = new(_repository, _plan, _target, _tally, _observer))
        {
            await content.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        RestoreOthers(cancellationToken);
        RestoreDirectoryMetadata(cancellationToken);
        if (_plan.Options.Verify)
        {
            new RestoreVerifier(_repository, _target, _tally, _observer).Run(_plan, cancellationToken);
        }
    }

    private static bool IsPlaced(RestoreItem item) => item.Action is RestoreAction.Create or RestoreAction.Change;

    private void MakeRoomAndDirectories(CancellationToken cancellationToken)
    {
        ProgressCounter progress = new(_observer, "Creating directories", _plan.Items.Count, 0);
        foreach (RestoreItem item in _plan.Items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isDirectory = item is { Node.Type: NodeType.Directory } && IsPlaced(item);
            bool isInTheWay = item.Action == RestoreAction.Delete || (item.ReplacesOther && item.LinkTo is null);
            if (isInTheWay || isDirectory)
            {
                _tally.Try(item, () => MakeRoom(item, isInTheWay, isDirectory));
            }

            progress.Add(1, 0, item.Path);
        }
    }

    private void MakeRoom(RestoreItem item, bool isInTheWay, bool isDirectory)
    {
        if (isInTheWay)
        {
            _target.Delete(item.Path);
        }

        if (isDirectory)
        {
            _target.CreateDirectory(item.Path);
        }
    }

    private void RestoreOthers(CancellationToken cancellationToken)
    {
        RestoreItem[] others = [.. _plan.Items.Where(static item =>
            item.Node is not null && item.Action != RestoreAction.Skip
            && (item.LinkTo is not null || item.Node.Type is not (NodeType.File or NodeType.Directory)))];
        ProgressCounter progress = new(_observer, "Restoring links and special files", others.Length, 0);
        foreach (RestoreItem item in others)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _tally.Try(item, () =>
            {
                if (item.LinkTo is not null)
                {
                    RestoreHardLink(item, item.LinkTo);
                }
                else
                {
                    RestoreSpecial(item);
                }
            });
            progress.Add(1, 0, item.Path);
        }
    }

    private void RestoreHardLink(RestoreItem item, string linkTo)
    {
        if (_tally.HasFailed(linkTo))
        {
            throw new BackupException(
                BackupErrorKind.RestoreTargetUnwritable,
                $"{RawText.ToDisplay(item.Path)} is not restored: it is another name of {RawText.ToDisplay(linkTo)}, "
                + "which could not be restored whole.")
            {
                Subject = item.Path,
            };
        }

        if (IsPlaced(item))
        {
            if (item.ReplacesOther)
            {
                _target.Delete(item.Path);
            }

            _target.CreateHardLink(item.Path, linkTo);
        }
    }

    private void RestoreSpecial(RestoreItem item)
    {
        if (IsPlaced(item))
        {
            _target.CreateSpecial(item.Path, item.Node!);
        }

        _tally.Report(_target.ApplyMetadata(item.Path, item.Node!));
    }

    private void RestoreDirectoryMetadata(CancellationToken cancellationToken)
    {
        RestoreItem[] directories = [.. _plan.Items.Where(static item =>
            item is { Node.Type: NodeType.Directory, SetsMetadata: true } && item.Action != RestoreAction.Skip)];
        ProgressCounter progress = new(_observer, "Finishing directories", directories.Length, 0);
        foreach (RestoreItem item in directories.Reverse())
        {
            cancellationToken.ThrowIfCancellationRequested();
            _tally.Try(item, () => _tally.Report(_target.ApplyMetadata(item.Path, item.Node!)));
            progress.Add(1, 0, item.Path);
        }
    }
}
