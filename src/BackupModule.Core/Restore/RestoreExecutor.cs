using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// Carries out a restore plan. First goes what is extra, which makes room; then the items come in batches, and of each
/// batch first what is in the way, then directories, the contents of files, links and special files. The metadata of a
/// directory is set when everything in it is there.
/// </summary>
internal sealed class RestoreExecutor
{
    private const uint OwnerMayEnter = 0x40;

    private readonly Repository _repository;
    private readonly RestorePlan _plan;
    private readonly IRestoreTarget _target;
    private readonly IBackupObserver _observer;
    private readonly RestoreTally _tally;
    private readonly ProgressCounter _progress;
    private readonly Stack<RestoreItem> _openDirectories = [];
    private readonly List<RestoreItem> _closedToOwner = [];

    public RestoreExecutor(Repository repository, RestorePlan plan, IRestoreTarget target, IBackupObserver observer)
    {
        _repository = repository;
        _plan = plan;
        _target = target;
        _observer = observer;
        _tally = new RestoreTally(observer);
        _progress = new ProgressCounter(
            observer, "Restoring", plan.Totals.Items + plan.Deletions.Count, plan.BytesToWrite);
    }

    public long Failures => _tally.Failures;

    public long BytesWritten => _tally.BytesWritten;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        DeleteExtra(cancellationToken);
        await RestoreEntriesAsync(cancellationToken).ConfigureAwait(false);
        foreach (RestoreItem directory in _closedToOwner)
        {
            _tally.Try(directory.Path, () => ApplyMetadata(directory));
        }

        if (_plan.Options.Verify)
        {
            await new RestoreVerifier(_repository, _target, _tally, _observer)
                .RunAsync(_plan, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsDirectory(RestoreItem item) => item.Node!.Type == NodeType.Directory;

    private static bool IsContent(RestoreItem item) => item is { Node.Type: NodeType.File, LinkTo: null };

    private void DeleteExtra(CancellationToken cancellationToken)
    {
        foreach (string path in _plan.Deletions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _tally.Try(path, () => _target.Delete(path));
            _progress.Add(1, 0, path);
        }
    }

    private async Task RestoreEntriesAsync(CancellationToken cancellationToken)
    {
        using ContentRestorer content = new(_repository, _target, _tally, _progress);
        RestoreBatch batch = new();
        await foreach (RestoreItem item in _plan.ReadEntriesAsync(_tally.Report, cancellationToken).ConfigureAwait(false))
        {
            LeaveDirectories(item.Depth, batch);
            if (batch.IsFull)
            {
                await RestoreAsync(batch, content, cancellationToken).ConfigureAwait(false);
                batch.Clear();
            }

            if (item.Action == RestoreAction.Skip)
            {
                _progress.Add(1, 0, item.Path);
                continue;
            }

            batch.Add(item);
            if (IsDirectory(item))
            {
                _openDirectories.Push(item);
            }
        }

        LeaveDirectories(0, batch);
        await RestoreAsync(batch, content, cancellationToken).ConfigureAwait(false);
    }

    // Directories that the walk has left, now that it is at an entry so deep.
    private void LeaveDirectories(int depth, RestoreBatch batch)
    {
        while (_openDirectories.TryPeek(out RestoreItem? directory) && directory.Depth >= depth)
        {
            batch.Leave(_openDirectories.Pop());
        }
    }

    private async Task RestoreAsync(RestoreBatch batch, ContentRestorer content, CancellationToken cancellationToken)
    {
        MakeRoomAndDirectories(batch.Items, cancellationToken);
        await content.RunAsync(batch.Items.Where(IsContent), cancellationToken).ConfigureAwait(false);
        ForEach(
            batch.Items.Where(static item => !IsContent(item) && !IsDirectory(item)),
            RestoreOther,
            cancellationToken);
        ForEach(batch.LeftDirectories, FinishDirectory, cancellationToken);
    }

    private void ForEach(IEnumerable<RestoreItem> items, Action<RestoreItem> action, CancellationToken cancellationToken)
    {
        foreach (RestoreItem item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _tally.Try(item.Path, () => action(item));
            _progress.Add(1, 0, item.Path);
        }
    }

    private void MakeRoomAndDirectories(IEnumerable<RestoreItem> items, CancellationToken cancellationToken)
    {
        foreach (RestoreItem item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isInTheWay = item.ReplacesOther && item.LinkTo is null;
            bool isMissing = IsDirectory(item) && item.IsPlaced;
            if (isInTheWay || isMissing)
            {
                _tally.Try(item.Path, () => MakeRoom(item.Path, isInTheWay, isMissing));
            }
        }
    }

    private void MakeRoom(string path, bool isInTheWay, bool isMissingDirectory)
    {
        if (isInTheWay)
        {
            _target.Delete(path);
        }

        if (isMissingDirectory)
        {
            _target.CreateDirectory(path);
        }
    }

    private void RestoreOther(RestoreItem item)
    {
        if (item.LinkTo is not null)
        {
            RestoreHardLink(item, item.LinkTo);
        }
        else
        {
            RestoreSpecial(item);
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

        if (item.IsPlaced)
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
        if (item.IsPlaced)
        {
            _target.CreateSpecial(item.Path, item.Node!);
        }

        ApplyMetadata(item);
    }

    private void FinishDirectory(RestoreItem item)
    {
        if (!item.SetsMetadata)
        {
            return;
        }

        // A file in it may yet get another name elsewhere, for which it must be reached once more.
        if ((item.Node!.Mode & OwnerMayEnter) == 0)
        {
            _closedToOwner.Add(item);
        }
        else
        {
            ApplyMetadata(item);
        }
    }

    private void ApplyMetadata(RestoreItem item) => _tally.Report(_target.ApplyMetadata(item.Path, item.Node!));
}
