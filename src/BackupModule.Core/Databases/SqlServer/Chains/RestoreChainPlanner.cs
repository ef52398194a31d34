using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace BackupModule.Core.Databases.SqlServer.Chains;

/// <summary>Finds which backup sets of one database bring it to a moment: a full one, the newest differential of it that
/// helps, and logs without a hole.</summary>
/// <remarks>
/// <para>Sets belong together by what the server wrote into them, never by their times: a differential by the full set that
/// it names, a log by its sequence numbers and by its recovery fork. A recovery to an earlier moment begins a new fork, whose
/// numbers overlap those of the abandoned one; a log that goes over from one to the other says where.</para>
/// <para>Sets that cannot be used are passed in, too: they tell on which fork the database was at the time.</para>
/// </remarks>
public sealed class RestoreChainPlanner
{
    private readonly IReadOnlyList<BackupSet> _fulls;
    private readonly ILookup<Guid, BackupSet> _differentials;
    private readonly IReadOnlyList<BackupSet> _logs;
    private readonly Dictionary<Guid, LogsOfFork> _logsOfForks;
    private readonly ILookup<Guid, DateTimeOffset> _lifeOfForks;

    /// <summary>A planner of these sets, all of one database.</summary>
    public RestoreChainPlanner(IEnumerable<BackupSet> sets)
    {
        BackupSet[] all = [.. sets];
        BackupSet[] usable = [.. all.Where(static set => set.IsUsable)];
        _fulls = [.. usable.Where(static set => set.Type == BackupSetType.Full)
            .OrderByDescending(static set => set.FinishedAt)];
        _differentials = usable
            .Where(static set => set is { Type: BackupSetType.Differential, DifferentialBaseId: not null })
            .OrderByDescending(static set => set.FinishedAt)
            .ToLookup(static set => set.DifferentialBaseId!.Value);
        _logs = [.. usable.Where(static set => set.Type == BackupSetType.Log).OrderBy(static set => set.StartedAt)];
        _logsOfForks = _logs.GroupBy(static set => set.ForkId)
            .ToDictionary(static group => group.Key, static group => new LogsOfFork(group));
        _lifeOfForks = all.ToLookup(static set => set.ForkId, static set => set.StartedAt);
    }

    /// <summary>Finds the chain to a moment.</summary>
    /// <param name="target">The moment, by the server's clock; null for as far as the logs go.</param>
    public RestoreChainPlan Plan(DateTimeOffset? target)
    {
        if (target is not { } limit)
        {
            RestoreChain? latest = FindLatest(_fulls, until: null);
            return new RestoreChainPlan(latest, null, latest is null ? "There is no usable full backup." : null);
        }

        // The first log that was begun after the moment was taken on the fork that the database was on at the moment.
        RestoreChain? chain = _fulls.Where(full => full.FinishedAt <= limit)
            .Select(full => FindFirst(full, _logs.Where(log => log.StartedAt >= limit), limit))
            .Where(static found => found is not null)
            .MinBy(static found => found!.ReachedAt);
        if (chain is not null)
        {
            return new RestoreChainPlan(chain, null, null);
        }

        RestoreChain? nearest = FindLatest(_fulls.Where(full => full.FinishedAt <= limit), limit);
        return new RestoreChainPlan(null, nearest, Explain(limit, nearest));
    }

    /// <summary>Finds how far logs go on from one full set without a hole; null if the set is not usable.</summary>
    /// <param name="full">The set, one of the planner's.</param>
    public RestoreChain? Reach(BackupSet full) => full.IsUsable ? FindLatest([full], until: null) : null;

    private RestoreChain? FindLatest(IEnumerable<BackupSet> fulls, DateTimeOffset? until) =>
        fulls.Select(full => FindLatest(full, until)).MaxBy(static chain => chain.ReachedAt);

    private RestoreChain FindLatest(BackupSet full, DateTimeOffset? until)
    {
        BackupSet? differential = _differentials[full.Id].FirstOrDefault(set => until is null || set.FinishedAt <= until);
        RestoreChain alone = new(full, differential, [], (differential ?? full).FinishedAt);
        IEnumerable<BackupSet> logs = _logs.Reverse()
            .Where(log => log.StartedAt > alone.ReachedAt && (until is null || log.StartedAt < until));
        return FindFirst(full, logs, DateTimeOffset.MaxValue) ?? alone;
    }

    /// <summary>The chain from a full set to the first of the logs that there is one to.</summary>
    private RestoreChain? FindFirst(BackupSet full, IEnumerable<BackupSet> lasts, DateTimeOffset limit)
    {
        List<ChainSearch> searches = [.. _differentials[full.Id]
            .Where(set => set.FinishedAt <= limit)
            .Select(set => new ChainSearch(this, full, set, limit)), new ChainSearch(this, full, null, limit)];
        return lasts.Select(last => searches.Select(search => search.Find(last)).FirstOrDefault(static found => found is not null))
            .FirstOrDefault(static found => found is not null);
    }

    /// <summary>Whether a log may be part of a chain to a moment.</summary>
    private bool IsAllowed(BackupSet log, DateTimeOffset limit)
    {
        if (log.StartedAt < limit || limit == DateTimeOffset.MaxValue)
        {
            return true;
        }

        // The server stops within no log that has minimally logged operations. And where the fork before was still alive at
        // the moment, the log says nothing of that moment.
        return !log.HasBulkLoggedData
            && !(log.CrossesFork && _lifeOfForks[log.FirstForkId].Any(alive => alive >= limit && alive < log.StartedAt));
    }

    private string Explain(DateTimeOffset target, RestoreChain? nearest)
    {
        if (nearest is null)
        {
            return _fulls.Count == 0
                ? "There is no usable full backup."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The first usable full backup was complete at {_fulls[^1].FinishedAt:yyyy-MM-dd HH:mm:ss zzz}.");
        }

        if (_logs.FirstOrDefault(log => log.StartedAt >= target) is not { } first)
        {
            return "There is no log of that time.";
        }

        bool isJoined = FindFirst(nearest.Full, [first], DateTimeOffset.MaxValue) is not null;
        return !isJoined ? $"A piece of the log is missing: what comes after {nearest.End}."
            : first.HasBulkLoggedData
                ? "The log of that time has minimally logged operations, within which the server does not stop."
                : "The log of that time is on a recovery fork that was given up, and is not here.";
    }

    /// <summary>The logs that end on one fork, by their ends.</summary>
    private sealed class LogsOfFork(IEnumerable<BackupSet> logs)
    {
        private readonly BackupSet[] _logs = [.. logs.OrderBy(static log => log.Last).ThenByDescending(static log => log.First)];

        /// <summary>The logs whose end is from one number up to another one.</summary>
        public IEnumerable<BackupSet> Between(LogSequenceNumber from, LogSequenceNumber upTo)
        {
            int low = 0;
            int high = _logs.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = _logs[middle].Last < from ? (middle + 1, high) : (low, middle);
            }

            return _logs.Skip(low).TakeWhile(log => log.Last <= upTo);
        }
    }

    /// <summary>Searches from logs back to one base. What was found to lead nowhere is not gone through again.</summary>
    private sealed class ChainSearch(RestoreChainPlanner planner, BackupSet full, BackupSet? differential, DateTimeOffset limit)
    {
        private readonly HashSet<BackupSet> _leadNowhere = new(ReferenceEqualityComparer.Instance);

        private BackupSet Start => differential ?? full;

        /// <summary>The chain from the base to a log; null where something between them is missing.</summary>
        public RestoreChain? Find(BackupSet last)
        {
            if (Start.FinishedAt > last.StartedAt || !planner.IsAllowed(last, limit) || !_leadNowhere.Add(last))
            {
                return null;
            }

            // Backwards, since forks branch forwards: there is hardly ever a choice.
            Dictionary<BackupSet, BackupSet?> nextOf = new(ReferenceEqualityComparer.Instance) { [last] = null };
            Stack<BackupSet> open = new([last]);
            while (open.TryPop(out BackupSet? log))
            {
                if (JoinsBase(log))
                {
                    return Collect(log, nextOf, last.StartedAt);
                }

                foreach (BackupSet before in FindBefore(log))
                {
                    if (planner.IsAllowed(before, limit) && _leadNowhere.Add(before))
                    {
                        nextOf[before] = log;
                        open.Push(before);
                    }
                }
            }

            return null;
        }

        // A base may be before the place where a log goes over to another fork, or behind it on that fork.
        private bool JoinsBase(BackupSet log) => log.First <= Start.Last
            && (log.ForkPoint is { } point && Start.ForkId == log.ForkId
                ? Start.Last >= point
                : Start.ForkId == log.FirstForkId && (log.ForkPoint is not { } end || Start.Last <= end));

        private IEnumerable<BackupSet> FindBefore(BackupSet log)
        {
            if (!planner._logsOfForks.TryGetValue(log.FirstForkId, out LogsOfFork? logs))
            {
                return [];
            }

            // An empty log joins what ends where it is; any other one goes on from within itself.
            return logs.Between(log.First, log.ForkPoint ?? log.Last)
                .Where(before => !before.IsEmpty && (log.IsEmpty || log.CrossesFork || before.Last < log.Last));
        }

        private RestoreChain Collect(BackupSet first, Dictionary<BackupSet, BackupSet?> nextOf, DateTimeOffset reachedAt)
        {
            List<BackupSet> logs = [];
            for (BackupSet? log = first; log is not null; log = nextOf[log])
            {
                if (!log.IsEmpty && (log.Last > Start.Last || log.ForkId != Start.ForkId))
                {
                    logs.Add(log);
                }
            }

            return new RestoreChain(full, differential, logs, reachedAt);
        }
    }
}
