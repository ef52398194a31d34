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

/// <summary>Compares a backup with the destination and works out what a restore will do, without changing anything.</summary>
public sealed class RestorePlanner
{
    private readonly Repository _repository;
    private readonly IRestoreTarget? _target;
    private readonly IBackupObserver _observer;

    /// <summary>A planner for the open repository.</summary>
    /// <param name="repository">The repository; its index is loaded.</param>
    /// <param name="target">The destination; null if it does not exist yet.</param>
    /// <param name="observer">Hears of what cannot be restored.</param>
    public RestorePlanner(Repository repository, IRestoreTarget? target, IBackupObserver observer)
    {
        _repository = repository;
        _target = target;
        _observer = observer;
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

        TreeStore trees = _repository.Trees.ForOneWalk();
        DecisionLog log = new();
        RestoreTotals totals = new();
        List<string> deletions = [];
        List<(int Number, TreeItem Item)> way = [];
        PathSelection selection = options.Selection;
        ItemPlanner planner = new(_repository, _target, _observer, options);
        DeletionPlanner deletionPlanner = new(trees, _target, _observer, options);
        ProgressCounter progress = new(
            _observer, "Planning the restore", selection.IsAll ? ItemsOf(options.Snapshot) : null, null);
        int number = log.Add(depth: 0);
        log.Enter(number, depth: 0);
        await foreach (TreeItem item in new TreeWalker(trees).WalkAsync(
            options.Snapshot.Tree,
            string.Empty,
            directory => MayEnter(directory, selection) && Enter(directory),
            (_, failure) => CannotEnter(failure),
            cancellationToken).ConfigureAwait(false))
        {
            number = log.Add(item.Depth);
            progress.Add(1, 0, item.Path);
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
                foreach ((int directory, TreeItem step) in TakeWayTo(way, item.Path))
                {
                    Decide(directory, planner.PlanWay(step));
                }

                RestoreItem planned = planner.Plan(item);
                Decide(number, planned);
                if (options.DeleteExtra)
                {
                    deletions.AddRange(
                        await deletionPlanner.FindExtraAsync(planned, cancellationToken).ConfigureAwait(false));
                }
            }
            else if (item.Node.Type == NodeType.Directory)
            {
                way.Add((number, item));
            }
        }

        log.Complete();
        if (totals.Items == 0 && !selection.IsAll)
        {
            throw new BackupException(
                BackupErrorKind.ItemNotFound,
                "The patterns select nothing in the backup.",
                "Get-BackupItem -Recurse lists what is in it; patterns with a leading / match whole paths.");
        }

        return new RestorePlan(options, _repository, log, totals, deletions);

        bool Enter(TreeItem directory)
        {
            log.Enter(number, directory.Depth);
            return true;
        }

        void CannotEnter(BackupException failure)
        {
            log.CannotEnter(number);
            _observer.OnItemFailed(failure);
        }

        void Decide(int entry, RestoreItem item)
        {
            log.Decide(entry, item);
            totals.Add(item);
        }
    }

    private static bool MayEnter(TreeItem directory, PathSelection selection) =>
        IsSafe(directory) && (selection.Selects(directory.Path) || selection.MayContainSelected(directory.Path));

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
    private static List<(int Number, TreeItem Item)> TakeWayTo(List<(int Number, TreeItem Item)> way, string path)
    {
        List<(int Number, TreeItem Item)> taken = way.FindAll(
            directory => path.StartsWith(directory.Item.Path + "/", StringComparison.Ordinal));
        way.Clear();
        return taken;
    }

    // What the snapshot says of itself; null where it does not.
    private static long? ItemsOf(Snapshot snapshot) => snapshot.Summary is { } summary
        ? summary.TotalFilesProcessed
            + summary.DirectoriesNew + summary.DirectoriesChanged + summary.DirectoriesUnmodified
        : null;
}
