using System;
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
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Restore;

/// <summary>Compares a backup with the destination and works out what a restore will do, without changing anything.</summary>
public sealed class RestorePlanner
{
    private readonly Repository _repository;
    private readonly IRestoreTarget? _target;
    private readonly IBackupObserver _observer;
    private readonly ContentComparer _comparer;
    private readonly HashSet<string> _replaced = [];

    /// <summary>A planner for the open repository.</summary>
    /// <param name="repository">The repository; its index is loaded.</param>
    /// <param name="target">The destination; null if it does not exist yet.</param>
    /// <param name="observer">Hears of what cannot be restored.</param>
    public RestorePlanner(Repository repository, IRestoreTarget? target, IBackupObserver observer)
    {
        _repository = repository;
        _target = target;
        _observer = observer;
        _comparer = new ContentComparer(repository.Blobs);
    }

    /// <summary>Makes the plan.</summary>
    /// <exception cref="BackupException"><c>ItemNotFound</c> where the selection selects nothing;
    /// <c>InvalidArgument</c> for deleting what a repaired backup lacks.</exception>
    public async Task<RestorePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        if (options.DeleteExtra && options.Snapshot.Tags?.Contains(Snapshot.RepairedTag) == true)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "A repaired backup does not know what it lost, so what is missing in it cannot be taken for extra.",
                "Restore it without -DeleteExtra.");
        }

        List<RestoreItem> items = [];
        List<TreeItem> way = [];
        Dictionary<(ulong Inode, ulong Device), string> links = [];
        PathSelection selection = options.Selection;
        TreeWalker walker = new(_repository.Trees);
        await foreach (TreeItem item in walker.WalkAsync(
            options.Snapshot.Tree,
            string.Empty,
            directory => IsSafe(directory) && (selection.Selects(directory.Path) || selection.MayContainSelected(directory.Path)),
            (_, failure) => _observer.OnItemFailed(failure),
            cancellationToken).ConfigureAwait(false))
        {
            if (!IsSafe(item))
            {
                _observer.OnItemFailed(Unsafe(item));
            }
            else if (item.Node is { Type: NodeType.File, Content: null })
            {
                _observer.OnItemFailed(WithoutContent(item));
            }
            else if (item.Node.Type is NodeType.Socket or NodeType.Irregular)
            {
                _observer.OnDecision($"Left out {RawText.ToDisplay(item.Path)}: it is a {item.Node.Type}.");
            }
            else if (selection.Selects(item.Path))
            {
                items.AddRange(TakeWayTo(way, item.Path).Select(directory => PlanWay(directory, options.Overwrite)));
                items.Add(Plan(item, options, links));
            }
            else if (item.Node.Type == NodeType.Directory)
            {
                way.Add(item);
            }
        }

        if (items.Count == 0 && !selection.IsAll)
        {
            throw new BackupException(
                BackupErrorKind.ItemNotFound,
                "The patterns select nothing in the backup.",
                "Get-BackupItem -Recurse lists what is in it; patterns with a leading / match whole paths.");
        }

        if (options.DeleteExtra)
        {
            await PlanDeletionsAsync(options, items, cancellationToken).ConfigureAwait(false);
        }

        return new RestorePlan(options, items);
    }

    private static bool IsSafe(TreeItem item) =>
        item.Node.Name is not ("" or "." or "..")
        && !item.Node.Name.AsSpan().ContainsAny('/', '\0')
        && (!OperatingSystem.IsWindows() || !item.Node.Name.Contains('\\', StringComparison.Ordinal));

    private static BackupException Unsafe(TreeItem item) => new(
        BackupErrorKind.UnsafePath,
        $"The backup holds the name '{RawText.ToDisplay(item.Node.Name)}', which could lead outside the destination; "
        + "it is not restored.",
        "No backup tool writes such names; find out who had access to the repository.")
    {
        Subject = item.Path,
    };

    private static BackupException WithoutContent(TreeItem item) => new(
        BackupErrorKind.TreeDamaged,
        $"The backup does not say what '{RawText.ToDisplay(item.Path)}' contains; it is not restored.",
        "Run Test-BackupRepository to see what else is damaged.")
    {
        Subject = item.Path,
    };

    // The directories that lead to a selected item, once each; those of other branches will not be needed any more.
    private static List<TreeItem> TakeWayTo(List<TreeItem> way, string path)
    {
        List<TreeItem> taken = way.FindAll(
            directory => path.StartsWith(directory.Path + "/", StringComparison.Ordinal));
        way.Clear();
        return taken;
    }

    private static string Relative(string path) => path[1..];

    private RestoreItem PlanWay(TreeItem directory, OverwriteMode overwrite)
    {
        TreeNode? existing = ReadTarget(directory);
        return existing is not null && !MayChange(existing, directory.Node, overwrite)
            ? new RestoreItem(Relative(directory.Path), RestoreAction.Skip, directory.Node)
            : PlanOther(directory, existing) with { SetsMetadata = existing?.Type != NodeType.Directory };
    }

    private RestoreItem Plan(
        TreeItem item, RestoreOptions options, Dictionary<(ulong Inode, ulong Device), string> links)
    {
        TreeNode? existing = ReadTarget(item);
        if (existing is not null && !MayChange(existing, item.Node, options.Overwrite))
        {
            return new RestoreItem(Relative(item.Path), RestoreAction.Skip, item.Node);
        }

        if (existing is not null && WhyKept(item, existing, options) is { } failure)
        {
            _observer.OnItemFailed(failure);
            return new RestoreItem(Relative(item.Path), RestoreAction.Skip, item.Node);
        }

        (ulong, ulong) identity = (item.Node.Inode, item.Node.DeviceId);
        if (item.Node is { Links: > 1, Inode: > 0 } && !links.TryAdd(identity, Relative(item.Path)))
        {
            return PlanLink(item, existing, links[identity]);
        }

        RestoreItem planned = item.Node.Type == NodeType.File
            ? PlanFile(item, existing, options)
            : PlanOther(item, existing);
        if (planned.ReplacesOther)
        {
            _replaced.Add(planned.Path);
        }

        return planned;
    }

    // What would be lost for nothing, or without having been asked for, stays as it is.
    private BackupException? WhyKept(TreeItem item, TreeNode existing, RestoreOptions options)
    {
        if (existing.Type == NodeType.Directory
            && item.Node.Type != NodeType.Directory
            && !options.DeleteExtra
            && _target!.ListNames(Relative(item.Path)).Count > 0)
        {
            return new BackupException(
                BackupErrorKind.RestoreTargetUnwritable,
                $"{RawText.ToDisplay(item.Path)} is not restored: a directory that is not empty stands in its place.",
                "Move the directory away, or use -DeleteExtra to remove it with all that it holds.")
            {
                Subject = item.Path,
            };
        }

        ObjectId missing = (item.Node.Content ?? []).FirstOrDefault(
            id => !_repository.Index.Blobs.Contains(new BlobKey(BlobType.Data, id)));
        return missing.IsZero ? null : new BackupException(
            BackupErrorKind.ChunkMissing,
            $"{RawText.ToDisplay(item.Path)} is not restored: the backup lost a part of it. What is there stays.",
            "Restore into an empty folder to get the parts that are left, or run Repair-BackupRepository.")
        {
            Subject = item.Path,
        };
    }

    private static bool MayChange(TreeNode existing, TreeNode wanted, OverwriteMode mode) => wanted.Type switch
    {
        NodeType.Directory when existing.Type == NodeType.Directory => true,
        _ => mode switch
        {
            OverwriteMode.Never => false,
            OverwriteMode.IfNewer => wanted.ModifiedTime.CompareMoment(existing.ModifiedTime) > 0,
            _ => true,
        },
    };

    private RestoreItem PlanFile(TreeItem item, TreeNode? existing, RestoreOptions options)
    {
        string path = Relative(item.Path);
        long size = item.Node.Content!.Sum(id => _repository.Index.Blobs.TryFind(
            new BlobKey(BlobType.Data, id), out Indexing.BlobLocation location) ? location.Entry.PlainLength : 0L);
        if (existing?.Type != NodeType.File)
        {
            return new RestoreItem(path, existing is null ? RestoreAction.Create : RestoreAction.Change, item.Node)
            {
                ReplacesOther = existing is not null,
                BytesToWrite = size,
            };
        }

        bool looksSame = existing.Size == (ulong)size && existing.ModifiedTime.IsSameMoment(item.Node.ModifiedTime);
        if (options.Overwrite == OverwriteMode.IfChanged && looksSame)
        {
            return new RestoreItem(path, RestoreAction.Keep, item.Node);
        }

        return PlanUpdate(item, existing, path, size);
    }

    private RestoreItem PlanUpdate(TreeItem item, TreeNode existing, string path, long size)
    {
        // A file with other names must not be written in place: what they show would change too.
        bool isShared = existing.Links > 1 && item.Node.Links <= 1;
        try
        {
            using IRestoreFile file = _target!.OpenFile(path);
            List<int> differing = _comparer.FindDifferences(file, item.Node);
            bool isIdentical = differing.Count == 0 && file.Length == size && !isShared;
            return new RestoreItem(path, isIdentical ? RestoreAction.Keep : RestoreAction.Change, item.Node)
            {
                ReplacesOther = isShared,
                ChunksToWrite = isShared ? null : differing,
                BytesToWrite = isShared
                    ? size
                    : differing.Sum(i => _repository.Blobs.LengthOf(new BlobKey(BlobType.Data, item.Node.Content![i]))),
            };
        }
        catch (BackupException)
        {
            // What cannot be opened is replaced; if that fails too, the run reports it.
            return new RestoreItem(path, RestoreAction.Change, item.Node) { ReplacesOther = true, BytesToWrite = size };
        }
    }

    private RestoreItem PlanLink(TreeItem item, TreeNode? existing, string linkTo)
    {
        // A file that is replaced leaves its other names behind.
        bool isSame = existing is not null
            && !_replaced.Contains(linkTo)
            && _target!.ReadNode(linkTo) is { } other
            && other.Inode == existing.Inode && other.DeviceId == existing.DeviceId;
        RestoreAction action = existing is null ? RestoreAction.Create : isSame ? RestoreAction.Keep : RestoreAction.Change;
        return new RestoreItem(Relative(item.Path), action, item.Node)
        {
            LinkTo = linkTo,
            ReplacesOther = action == RestoreAction.Change,
        };
    }

    private async Task PlanDeletionsAsync(
        RestoreOptions options, List<RestoreItem> items, CancellationToken cancellationToken)
    {
        ExcludeRules excluded = new(new ExcludeOptions { Patterns = options.Snapshot.Excludes ?? [] });
        foreach (RestoreItem directory in items.FindAll(item =>
            item is { Action: RestoreAction.Keep, SetsMetadata: true, Node: { Type: NodeType.Directory, Subtree: not null } }
            && IsBackedUpWhole(item.Path, options.Snapshot)))
        {
            IReadOnlyList<TreeNode> nodes = await _repository.Trees
                .ReadAsync(directory.Node!.Subtree!.Value, cancellationToken).ConfigureAwait(false);
            if (nodes.Count == 0 && IsMountPoint(directory.Path))
            {
                _observer.OnDecision(
                    $"Nothing is removed from /{RawText.ToDisplay(directory.Path)}: another file system is mounted there, "
                    + "which the backup did not enter.");
                continue;
            }

            HashSet<string> wanted = [.. nodes.Select(static node => node.Name)];
            items.AddRange(_target!.ListNames(directory.Path)
                .Where(name => !wanted.Contains(name))
                .Select(name => $"{directory.Path}/{name}")
                .Where(path => options.Selection.Selects("/" + path) && !IsExcluded(excluded, path))
                .Select(static path => new RestoreItem(path, RestoreAction.Delete, null)));
        }
    }

    // A backup that stays on one file system has a directory where another is mounted, but nothing of what is in it.
    private bool IsMountPoint(string path) =>
        _target!.ReadNode(path)?.DeviceId != _target.ReadNode(path[..Math.Max(0, path.LastIndexOf('/'))])?.DeviceId;

    // What the backup left out on purpose is missing from it for that reason.
    private static bool IsExcluded(ExcludeRules excluded, string path) =>
        excluded.ExcludesPath("/" + path)
        || (OperatingSystem.IsWindows() && path.Length > 1 && excluded.ExcludesPath(path.Insert(1, ":")));

    // A backup of /var/www/shop holds /var and /var/www too, but only as the way to shop: what else is in them was never
    // looked at, and must not be taken for extra.
    private static bool IsBackedUpWhole(string path, Snapshot snapshot) =>
        snapshot.Paths.Select(PathInTree).Any(
            target => target.Length == 0 || path == target || path.StartsWith(target + "/", StringComparison.Ordinal));

    private static string PathInTree(string path) =>
        (OperatingSystem.IsWindows()
            ? path.Replace(":", string.Empty, StringComparison.Ordinal).Replace('\\', '/')
            : path).Trim('/');

    private static RestoreItem PlanOther(TreeItem item, TreeNode? existing)
    {
        bool isSame = existing is not null
            && existing.Type == item.Node.Type
            && existing.LinkTarget == item.Node.LinkTarget
            && existing.Device == item.Node.Device;
        RestoreAction action = existing is null ? RestoreAction.Create : isSame ? RestoreAction.Keep : RestoreAction.Change;
        return new RestoreItem(Relative(item.Path), action, item.Node) { ReplacesOther = action == RestoreAction.Change };
    }

    private TreeNode? ReadTarget(TreeItem item)
    {
        try
        {
            return _target?.ReadNode(Relative(item.Path));
        }
        catch (BackupException failure) when (failure.Kind is BackupErrorKind.UnsafePath
            or BackupErrorKind.RestoreTargetUnwritable)
        {
            // A link or file stands where a directory must be. It is replaced; then nothing is below it.
            return null;
        }
    }
}
