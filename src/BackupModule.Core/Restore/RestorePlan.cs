using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// What a restore is going to do. It holds what was decided about each entry of the backup, and its totals; the entries
/// themselves are read again from the repository by whoever wants the items, so that the plan for millions of files is
/// small.
/// </summary>
public sealed class RestorePlan
{
    private readonly Repository _repository;
    private readonly DecisionLog _log;
    private readonly RestoreTotals _totals;
    private readonly ContentSizes _sizes;

    internal RestorePlan(
        RestoreOptions options,
        Repository repository,
        DecisionLog log,
        RestoreTotals totals,
        IReadOnlyList<string> deletions)
    {
        Options = options;
        Deletions = deletions;
        _repository = repository;
        _log = log;
        _totals = totals;
        _sizes = new ContentSizes(repository.Index.Blobs);
    }

    /// <summary>What was asked for.</summary>
    public RestoreOptions Options { get; }

    /// <summary>Paths relative to the destination of what is removed because the backup does not have it.</summary>
    public IReadOnlyList<string> Deletions { get; }

    /// <summary>Bytes of content that are written.</summary>
    public long BytesToWrite => _totals.BytesToWrite;

    /// <summary>All items, and with them the bytes of the files that are restored or kept.</summary>
    internal RestoreTotals Totals => _totals;

    /// <summary>How many items get this treatment.</summary>
    public int Count(RestoreAction action) => action == RestoreAction.Delete ? Deletions.Count : _totals.Count(action);

    /// <summary>All items: directories before what is in them, deletions last.</summary>
    /// <param name="onUnreadable">Hears of directories that could be read when the plan was made and cannot be read now;
    /// what is in them is missing from the items.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async IAsyncEnumerable<RestoreItem> ReadItemsAsync(
        Action<BackupException> onUnreadable, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (RestoreItem item in ReadEntriesAsync(onUnreadable, cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }

        foreach (string path in Deletions)
        {
            yield return new RestoreItem(path, RestoreAction.Delete, null);
        }
    }

    /// <summary>The items without the deletions.</summary>
    /// <param name="onUnreadable">As for <see cref="ReadItemsAsync"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    internal async IAsyncEnumerable<RestoreItem> ReadEntriesAsync(
        Action<BackupException> onUnreadable, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int number = 0;
        if (!_log.DecisionOn(number).Enters)
        {
            yield break;
        }

        int next = 1;
        TreeWalker walker = new(_repository.Trees.ForOneWalk());
        await foreach (TreeItem entry in walker.WalkAsync(
            Options.Snapshot.Tree,
            string.Empty,
            _ => _log.DecisionOn(number).Enters,
            (_, failure) =>
            {
                next = _log.EndOf(number);
                onUnreadable(failure);
            },
            cancellationToken).ConfigureAwait(false))
        {
            number = next++;
            if (_log.DecisionOn(number).Action is { } action)
            {
                yield return Recall(number, action, entry);
            }
        }
    }

    private RestoreItem Recall(int number, RestoreAction action, TreeItem entry)
    {
        RestoreDecision decision = _log.DecisionOn(number);
        IReadOnlyList<int>? chunks = _log.ChunksOf(number);
        string? linkTo = _log.LinkOf(number);
        bool isWritten = action is RestoreAction.Create or RestoreAction.Change
            && entry.Node.Type == NodeType.File && linkTo is null;
        return new RestoreItem(entry.Path[1..], action, entry.Node)
        {
            ReplacesOther = decision.ReplacesOther,
            ReplacesFile = decision.ReplacesFile,
            SetsMetadata = decision.SetsMetadata,
            LinkTo = linkTo,
            ChunksToWrite = chunks,
            BytesToWrite = isWritten ? _sizes.Of(entry.Node, chunks) : 0,
            Depth = entry.Depth,
        };
    }
}
