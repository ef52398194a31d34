using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Scanning;

/// <summary>
/// Walks the targets in byte order beside the parent snapshot's trees, leaves out what the rules exclude, and hands
/// files and finished directories to a visitor. What cannot be read is reported and left out.
/// </summary>
public sealed class Scanner
{
    private readonly ISourceFileSystem _source;
    private readonly ExcludeRules _rules;
    private readonly ChangeDetector _changes;
    private readonly TreeStore _trees;
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
        _rules = rules;
        _changes = changes;
        _trees = trees;
        _observer = observer;
        _visitor = visitor;
    }

    /// <summary>Walks all targets.</summary>
    /// <param name="targets">The paths.</param>
    /// <param name="parentTree">The root tree of the parent snapshot; null to take every file for new.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public async Task ScanAsync(TargetTree targets, ObjectId? parentTree, CancellationToken cancellationToken)
    {
        if (targets.IsTarget)
        {
            ulong device = _source.ReadNode(targets.Path).DeviceId;
            await ScanDirectoryAsync(
                new Place(null, 0, null, targets.Path, parentTree, device, device), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ScanWayAsync(targets, new Place(null, 0, null, targets.Path, parentTree, 0, 0), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task ScanWayAsync(TargetTree way, Place place, CancellationToken cancellationToken)
    {
        (IReadOnlyDictionary<string, TreeNode> previous, bool isLost) = await ReadPreviousAsync(place, cancellationToken)
            .ConfigureAwait(false);
        DirectoryScan directory = place.Open(way.Children.Count, isLost);
        int slot = 0;
        foreach ((string name, TargetTree child) in way.Children)
        {
            await ScanChildAsync(child, name, directory, slot++, previous.GetValueOrDefault(name), cancellationToken)
                .ConfigureAwait(false);
        }

        await LeaveAsync(directory, cancellationToken).ConfigureAwait(false);
    }

    private async Task ScanChildAsync(
        TargetTree child,
        string name,
        DirectoryScan directory,
        int slot,
        TreeNode? previous,
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
            await AnswerAsync(directory, slot, null, cancellationToken).ConfigureAwait(false);
            return;
        }

        Place place = new(
            directory, slot, node, child.Path, previous?.Subtree, node.DeviceId, node.DeviceId);
        if (child.IsTarget)
        {
            await ScanEntryAsync(place, previous, cancellationToken).ConfigureAwait(false);
        }
        else if (node.Type == NodeType.Directory)
        {
            await ScanWayAsync(child, place, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // The way to a target leads through a symbolic link; the target is found through it, as restic does.
            TreeNode way = node with { Type = NodeType.Directory, Mode = GoFileMode.Directory | 0x1ed, LinkTarget = string.Empty };
            await ScanWayAsync(child, place with { Node = way }, cancellationToken).ConfigureAwait(false);
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

    private async Task ScanEntryAsync(Place place, TreeNode? previous, CancellationToken cancellationToken)
    {
        TreeNode node = place.Node!;
        switch (node.Type)
        {
            case NodeType.Directory:
                await ScanDirectoryAsync(place, cancellationToken).ConfigureAwait(false);
                break;
            case NodeType.File:
                FileChange change = _changes.Compare(node, previous);
                TreeNode known = change == FileChange.Unmodified ? node with { Content = previous!.Content } : node;
                await _visitor.OnFileAsync(
                    new ScannedFile(place.Parent!, place.Slot, place.Path, known, change), cancellationToken)
                    .ConfigureAwait(false);
                break;
            case NodeType.Socket or NodeType.Irregular:
                _observer.OnDecision($"Left out {RawText.ToDisplay(place.Path)}: it is a {node.Type}.");
                await AnswerAsync(place.Parent!, place.Slot, null, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await AnswerAsync(place.Parent!, place.Slot, node, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task ScanDirectoryAsync(Place place, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<SourceEntry> entries;
        try
        {
            entries = ReadEntries(place.Path);
        }
        catch (BackupException failure)
        {
            _observer.OnItemFailed(failure);
            if (place.Parent is null)
            {
                throw;
            }

            // A directory whose entries are unknown must not look empty in the backup.
            await AnswerAsync(place.Parent, place.Slot, null, cancellationToken).ConfigureAwait(false);
            return;
        }

        (IReadOnlyDictionary<string, TreeNode> previous, bool isLost) = await ReadPreviousAsync(place, cancellationToken)
            .ConfigureAwait(false);
        DirectoryScan directory = place.Open(entries.Count, isLost);
        for (int slot = 0; slot < entries.Count; slot++)
        {
            SourceEntry entry = entries[slot];
            if (entry.Failure is not null)
            {
                _observer.OnItemFailed(entry.Failure);
            }

            if (entry.Node is null || _rules.ExcludesNode(entry.Node, place.TargetDevice, place.Device))
            {
                await AnswerAsync(directory, slot, null, cancellationToken).ConfigureAwait(false);
                continue;
            }

            TreeNode? before = previous.GetValueOrDefault(entry.Name);
            Place inside = new(
                directory,
                slot,
                entry.Node,
                Join(place.Path, entry.Name),
                before?.Subtree,
                place.TargetDevice,
                entry.Node.DeviceId);
            await ScanEntryAsync(inside, before, cancellationToken).ConfigureAwait(false);
        }

        await LeaveAsync(directory, cancellationToken).ConfigureAwait(false);
    }

    private IReadOnlyList<SourceEntry> ReadEntries(string path)
    {
        DirectoryMark mark = _rules.ReadMark(path, _source);
        return _source.ReadDirectory(
            path, name => !mark.Excludes(name) && !_rules.ExcludesPath(Join(path, name)));
    }

    private async Task<(IReadOnlyDictionary<string, TreeNode> Previous, bool IsLost)> ReadPreviousAsync(
        Place place, CancellationToken cancellationToken)
    {
        Dictionary<string, TreeNode> previous = [];
        bool isLost = place.Parent?.IsPreviousLost ?? false;
        if (place.PreviousTree is not { } tree)
        {
            return (previous, isLost);
        }

        try
        {
            foreach (TreeNode node in await _trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false))
            {
                previous[node.Name] = node;
            }
        }
        catch (BackupException failure)
        {
            isLost = true;
            _observer.OnWarning(
                $"The parent's directory {RawText.ToDisplay(place.Path)} is not readable, so its files are read again: "
                + failure.Message);
        }

        return (previous, isLost);
    }

    private ValueTask AnswerAsync(
        DirectoryScan directory, int slot, TreeNode? node, CancellationToken cancellationToken) =>
        directory.Complete(slot, node)
            ? _visitor.OnDirectoryCompleteAsync(directory, cancellationToken)
            : ValueTask.CompletedTask;

    private ValueTask LeaveAsync(DirectoryScan directory, CancellationToken cancellationToken) =>
        directory.Leave() ? _visitor.OnDirectoryCompleteAsync(directory, cancellationToken) : ValueTask.CompletedTask;

    private static string Join(string directory, string name) =>
        directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    // Where the walk stands: an entry, its place in its directory, and what the parent snapshot has there.
    private sealed record Place(
        DirectoryScan? Parent,
        int Slot,
        TreeNode? Node,
        string Path,
        ObjectId? PreviousTree,
        ulong TargetDevice,
        ulong Device)
    {
        public DirectoryScan Open(int count, bool isPreviousLost) =>
            new(Parent, Slot, Node, Path, count, PreviousTree, isPreviousLost);
    }
}
