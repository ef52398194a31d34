using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Scanning;

/// <summary>
/// Walks the targets beside the parent snapshot's trees, leaves out what the rules exclude, and hands files and finished
/// directories to a visitor. What cannot be read is reported and left out.
/// </summary>
/// <remarks>Directories are read ahead, several at once; what the visitor and the observer get comes one after the other,
/// depth first and in byte order of names. Memory holds the directories on the way to the current one, some thousand
/// entries that were read ahead, and what the visitor has not answered yet.</remarks>
public sealed class Scanner
{
    private readonly ISourceFileSystem _source;
    private readonly DirectoryLister _lister;
    private readonly IBackupObserver _observer;
    private readonly IScanVisitor _visitor;

    /// <summary>A scanner for one run.</summary>
    public Scanner(
        ISourceFileSystem source,
        ExcludeRules rules,
        ChangeDetector changes,
        TreeStore trees,
        IBackupObserver observer,
        IScanVisitor visitor)
    {
        _source = source;
        _lister = new DirectoryLister(source, rules, changes, trees.ForOneWalk());
        _observer = observer;
        _visitor = visitor;
    }

    /// <summary>Walks all targets.</summary>
    /// <param name="targets">The paths.</param>
    /// <param name="parentTree">The root tree of the parent snapshot; null to take every file for new.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <exception cref="BackupException">The root of the file system is a target and cannot be read.</exception>
    public async Task ScanAsync(TargetTree targets, ObjectId? parentTree, CancellationToken cancellationToken)
    {
        ReportMissing(targets.Covered);
        ReadAhead readAhead = new(_lister, Environment.ProcessorCount, cancellationToken);
        await using (readAhead.ConfigureAwait(false))
        {
            DirectoryWalk walk = new(readAhead, _observer, _visitor);
            if (targets.IsTarget)
            {
                ulong device = _source.ReadNode(targets.Path).DeviceId;
                ScanPlace root = new(null, 0, null, targets.Path, parentTree, device, device);
                await walk.WalkAsync(new PendingDirectory(root), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                ScanPlace root = new(null, 0, null, targets.Path, parentTree, 0, 0);
                await ScanWayAsync(targets, root, walk, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // The walk meets them if they exist; if not, nobody else would say so.
    private void ReportMissing(IReadOnlyList<string> covered)
    {
        foreach (string path in covered)
        {
            try
            {
                _source.ReadNode(path);
            }
            catch (BackupException failure)
            {
                _observer.OnItemFailed(failure);
            }
        }
    }

    private async Task ScanWayAsync(
        TargetTree way, ScanPlace place, DirectoryWalk walk, CancellationToken cancellationToken)
    {
        (PreviousEntries previous, bool isLost, string? warning) = await _lister
            .ReadPreviousAsync(place, cancellationToken).ConfigureAwait(false);
        if (warning is not null)
        {
            _observer.OnWarning(warning);
        }

        DirectoryScan directory = place.Open(way.Children.Count, isLost);
        int slot = 0;
        foreach ((string name, TargetTree child) in way.Children)
        {
            await ScanChildAsync(child, name, directory, slot++, previous.Find(name), walk, cancellationToken)
                .ConfigureAwait(false);
        }

        await walk.LeaveAsync(directory, cancellationToken).ConfigureAwait(false);
    }

    private async Task ScanChildAsync(
        TargetTree child,
        string name,
        DirectoryScan directory,
        int slot,
        TreeNode? previous,
        DirectoryWalk walk,
        CancellationToken cancellationToken)
    {
        TreeNode node;
        try
        {
            node = _source.ReadNode(child.Path) with { Name = name };
        }
        catch (BackupException failure)
        {
            ReportUnreachable(child, failure);
            await walk.AnswerAsync(directory, slot, null, cancellationToken).ConfigureAwait(false);
            return;
        }

        ScanPlace place = new(
            directory, slot, node, child.Path, previous?.Subtree, node.DeviceId, node.DeviceId);
        if (child.IsTarget)
        {
            ListedEntry entry = _lister.Judge(place, failure: null, previous);
            await walk.HandOnAsync(directory, slot, entry, cancellationToken).ConfigureAwait(false);
        }
        else if (node.Type == NodeType.Directory)
        {
            await ScanWayAsync(child, place, walk, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // The way to a target leads through a symbolic link; the target is found through it, as restic does.
            TreeNode way = node with { Type = NodeType.Directory, Mode = GoFileMode.Directory | 0x1ed, LinkTarget = string.Empty };
            await ScanWayAsync(child, place with { Node = way }, walk, cancellationToken).ConfigureAwait(false);
        }
    }

    // People know the paths that they named, not the folder on the way where the way ends.
    private void ReportUnreachable(TargetTree place, BackupException failure)
    {
        if (place.IsTarget)
        {
            _observer.OnItemFailed(failure);
            return;
        }

        foreach (TargetTree child in place.Children.Values)
        {
            BackupException below = failure;
            try
            {
                _source.ReadNode(child.Path);
            }
            catch (BackupException own)
            {
                below = own;
            }

            ReportUnreachable(child, below);
        }
    }
}
