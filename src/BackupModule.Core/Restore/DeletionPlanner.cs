using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Restore;

/// <summary>Finds what the destination has and the backup has not, as far as the backup can know.</summary>
internal sealed class DeletionPlanner(
    TreeStore trees, IRestoreTarget? target, IBackupObserver observer, RestoreOptions options)
{
    private readonly ExcludeRules _excluded = new(new ExcludeOptions { Patterns = options.Snapshot.Excludes ?? [] });

    /// <summary>The paths of what is extra in a directory of the backup, if it was there before; nothing for any other
    /// item.</summary>
    public async Task<IReadOnlyList<string>> FindExtraAsync(RestoreItem item, CancellationToken cancellationToken)
    {
        if (item is not
            {
                Action: RestoreAction.Keep, SetsMetadata: true,
                Node: { Type: NodeType.Directory, Subtree: { } subtree },
            }
            || !IsBackedUpWhole(item.Path, options.Snapshot))
        {
            return [];
        }

        IReadOnlyList<TreeNode> nodes = await trees.ReadAsync(subtree, cancellationToken).ConfigureAwait(false);
        if (nodes.Count == 0 && IsMountPoint(item.Path))
        {
            observer.OnDecision(
                $"Nothing is removed from /{RawText.ToDisplay(item.Path)}: another file system is mounted there, "
                + "which the backup did not enter.");
            return [];
        }

        HashSet<string> wanted = [.. nodes.Select(static node => node.Name)];
        return
        [
            .. target!.ListNames(item.Path)
                .Where(name => !wanted.Contains(name))
                .Select(name => $"{item.Path}/{name}")
                .Where(path => options.Selection.Selects("/" + path) && !IsExcluded(path)),
        ];
    }

    // A backup that stays on one file system has a directory where another is mounted, but nothing of what is in it.
    private bool IsMountPoint(string path) =>
        target!.ReadNode(path)?.DeviceId != target.ReadNode(path[..Math.Max(0, path.LastIndexOf('/'))])?.DeviceId;

    // What the backup left out on purpose is missing from it for that reason.
    private bool IsExcluded(string path) =>
        _excluded.ExcludesPath("/" + path)
        || (OperatingSystem.IsWindows() && path.Length > 1 && _excluded.ExcludesPath(path.Insert(1, ":")));

    // A backup of /var/www/shop holds /var and /var/www too, but only as the way to shop: what else is in them was never
    // looked at, and must not be taken for extra.
    private static bool IsBackedUpWhole(string path, Snapshot snapshot) =>
        snapshot.Paths.Select(PathInTree).Any(
            target => target.Length == 0 || path == target || path.StartsWith(target + "/", StringComparison.Ordinal));

    private static string PathInTree(string path) =>
        (OperatingSystem.IsWindows()
            ? path.Replace(":", string.Empty, StringComparison.Ordinal).Replace('\\', '/')
            : path).Trim('/');
}
