using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>Compares the entries of a backup, in the order of a walk, with what is in their places.</summary>
internal sealed class ItemPlanner
{
    private readonly Repository _repository;
    private readonly IRestoreTarget? _target;
    private readonly IBackupObserver _observer;
    private readonly RestoreOptions _options;
    private readonly ContentComparer _comparer;
    private readonly ContentSizes _sizes;
    private readonly Dictionary<(ulong Inode, ulong Device), string> _links = [];
    private readonly HashSet<string> _replaced = [];

    // The directory met last that is not there, with the slash that ends it.
    private string? _missing;

    public ItemPlanner(
        Repository repository, IRestoreTarget? target, IBackupObserver observer, RestoreOptions options)
    {
        _repository = repository;
        _target = target;
        _observer = observer;
        _options = options;
        _comparer = new ContentComparer(repository.Blobs);
        _sizes = new ContentSizes(repository.Index.Blobs);
    }

    /// <summary>What is done with a directory that only leads to what was selected.</summary>
    public RestoreItem PlanWay(TreeItem directory)
    {
        TreeNode? existing = ReadTarget(directory);
        return existing is not null && !MayChange(existing, directory.Node, _options.Overwrite)
            ? new RestoreItem(Relative(directory.Path), RestoreAction.Skip, directory.Node)
            : PlanOther(directory, existing) with { SetsMetadata = existing?.Type != NodeType.Directory };
    }

    /// <summary>What is done with an entry that was selected.</summary>
    public RestoreItem Plan(TreeItem item)
    {
        TreeNode? existing = ReadTarget(item);
        if (existing is not null && !MayChange(existing, item.Node, _options.Overwrite))
        {
            return new RestoreItem(Relative(item.Path), RestoreAction.Skip, item.Node);
        }

        if (existing is not null && WhyKept(item, existing) is { } failure)
        {
            _observer.OnItemFailed(failure);
            return new RestoreItem(Relative(item.Path), RestoreAction.Skip, item.Node);
        }

        (ulong, ulong) identity = (item.Node.Inode, item.Node.DeviceId);
        bool hasOtherNames = item.Node is { Links: > 1, Inode: > 0 };
        if (hasOtherNames && !_links.TryAdd(identity, Relative(item.Path)))
        {
            return PlanLink(item, existing, _links[identity]);
        }

        RestoreItem planned = item.Node.Type == NodeType.File
            ? PlanFile(item, existing)
            : PlanOther(item, existing);
        if (hasOtherNames && (planned.ReplacesOther || planned.ReplacesFile))
        {
            _replaced.Add(planned.Path);
        }

        return planned;
    }

    private static string Relative(string path) => path[1..];

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

    private static RestoreItem PlanOther(TreeItem item, TreeNode? existing)
    {
        bool isSame = existing is not null
            && existing.Type == item.Node.Type
            && existing.LinkTarget == item.Node.LinkTarget
            && existing.Device == item.Node.Device;
        RestoreAction action = existing is null ? RestoreAction.Create : isSame ? RestoreAction.Keep : RestoreAction.Change;
        return new RestoreItem(Relative(item.Path), action, item.Node) { ReplacesOther = action == RestoreAction.Change };
    }

    // What would be lost for nothing, or without having been asked for, stays as it is.
    private BackupException? WhyKept(TreeItem item, TreeNode existing)
    {
        if (existing.Type == NodeType.Directory
            && item.Node.Type != NodeType.Directory
            && !_options.DeleteExtra
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

    private RestoreItem PlanFile(TreeItem item, TreeNode? existing)
    {
        string path = Relative(item.Path);
        long size = _sizes.Of(item.Node);
        if (existing?.Type != NodeType.File)
        {
            return new RestoreItem(path, existing is null ? RestoreAction.Create : RestoreAction.Change, item.Node)
            {
                ReplacesOther = existing is not null,
                BytesToWrite = size,
            };
        }

        bool looksSame = existing.Size == (ulong)size && existing.ModifiedTime.IsSameMoment(item.Node.ModifiedTime);
        return _options.Overwrite == OverwriteMode.IfChanged && looksSame
            ? new RestoreItem(path, RestoreAction.Keep, item.Node)
            : PlanUpdate(item, existing, path, size);
    }

    private RestoreItem PlanUpdate(TreeItem item, TreeNode existing, string path, long size)
    {
        // Other names of a file that has one in the backup are somebody else's: they keep what they have.
        bool isShared = existing.Links > 1 && item.Node.Links <= 1;
        try
        {
            using IRestoreFile file = _target!.OpenFile(path);
            List<int> differing = _comparer.FindDifferences(file, item.Node);
            if (differing.Count == 0 && file.Length == size && !isShared)
            {
                return new RestoreItem(path, RestoreAction.Keep, item.Node);
            }

            // Of a file that is replaced and has nothing to keep, which chunks differ need not be known.
            bool isReplaced = isShared || existing.Links <= 1;
            bool keepsChunks = differing.Count < item.Node.Content!.Count;
            return new RestoreItem(path, RestoreAction.Change, item.Node)
            {
                ReplacesFile = isReplaced,
                ChunksToWrite = isReplaced && !keepsChunks ? null : differing,
                BytesToWrite = _sizes.Of(item.Node, differing),
            };
        }
        catch (BackupException)
        {
            // What cannot be opened is replaced; if that fails too, the run reports it.
            return new RestoreItem(path, RestoreAction.Change, item.Node) { ReplacesFile = true, BytesToWrite = size };
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

    private TreeNode? ReadTarget(TreeItem item)
    {
        string path = Relative(item.Path);
        if (_target is null || IsBelowMissing(path))
        {
            return null;
        }

        try
        {
            TreeNode? existing = _target.ReadNode(path);
            _missing = existing is null && item.Node.Type == NodeType.Directory ? path + "/" : _missing;
            return existing;
        }
        catch (BackupException failure) when (failure.Kind is BackupErrorKind.UnsafePath
            or BackupErrorKind.RestoreTargetUnwritable)
        {
            // A link or file stands where a directory must be. It is replaced; then nothing is below it.
            return null;
        }
    }

    // The walk visits all that is in a directory before it goes on.
    private bool IsBelowMissing(string path) =>
        _missing is not null && path.StartsWith(_missing, StringComparison.Ordinal);
}
