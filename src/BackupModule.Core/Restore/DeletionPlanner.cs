using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Restore;

/// <summary>Finds what the destination has and the backup has not, as far as the backup can know.</summary>
internal sealed class DeletionPlanner(
    Repository repository, IRestoreTarget? target, IBackupObserver observer, RestoreOptions options)
{
    /// <summary>Finds what is extra in the directories among the items that were there before.</summary>
    public async Task<List<RestoreItem>> PlanAsync(
        IReadOnlyCollection<RestoreItem> items, CancellationToken cancellationToken)
    {
        List<RestoreItem> extra = [];
        ExcludeRules excluded = new(new ExcludeOptions { Patterns = options.Snapshot.Excludes ?? [] });
        foreach (RestoreItem directory in items.Where(item =>
            item is { Action: RestoreAction.Keep, SetsMetadata: true, Node: { Type: NodeType.Directory, Subtree: not null } }
            && IsBackedUpWhole(item.Path, options.Snapshot)))
        {
            IReadOnlyList<TreeNode> nodes = await repository.Trees
                .ReadAsync(directory.Node!.Subtree!.Value, cancellationToken).ConfigureAwait(false);
            if (nodes.Count == 0 && IsMountPoint(directory.Path))
            {
                observer.OnDecision(
                    $"Nothing is removed from /{RawText.ToDisplay(directory.Path)}: another file system is mounted there, "
                    + "which the backup did not enter.");
                continue;
            }

            HashSet<string> wanted = [.. nodes.Select(static node => node.Name)];
            extra.AddRange(target!.ListNames(directory.Path)
                .Where(name => !wanted.Contains(name))
                .Select(name => $"{directory.Path}/{name}")
                .Where(path => options.Selection.Selects("/" + path) && !IsExcluded(excluded, path))
                .Select(static path => new RestoreItem(path, RestoreAction.Delete, null)));
        }

        return extra;
    }

    // A backup that stays on one file system has a directory where another is mounted, but nothing of what is in it.
    private bool IsMountPoint(string path) =>
        target!.ReadNode(path)?.DeviceId != target.ReadNode(path[..Math.Max(0, path.LastIndexOf('/'))])?.DeviceId;

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
}
