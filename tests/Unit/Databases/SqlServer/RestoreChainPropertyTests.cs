using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.SqlServer.Chains;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>Plans over random histories with forks and foreign backups, compared with what a server that knows every record
/// would take.</summary>
public sealed class RestoreChainPropertyTests
{
    [Fact]
    public void A_plan_is_restored_without_a_refusal_and_gives_what_was_there() =>
        Gen.Select(Gen.Int[0, 9].Array[3, 40], Gen.Int[0, 100]).Sample((deeds, percent) =>
        {
            SimulatedHistory history = new(deeds);
            Check(history, history.Sets, TargetOf(history, deeds, percent));
        });

    [Fact]
    public void A_backup_that_has_a_differential_and_its_base_is_planned_by_itself() =>
        Gen.Select(Gen.Int[0, 9].Array[3, 40], Gen.Int[0, 100]).Sample((deeds, percent) =>
        {
            SimulatedHistory history = new(deeds);
            SimulatedSet[] logs = [.. history.Sets.Where(static set => set.Set.Type == BackupSetType.Log)];
            foreach (SimulatedSet differential in history.Sets.Where(static set => set.Set.Type == BackupSetType.Differential))
            {
                if (history.Sets.Find(set => set.Set.Id == differential.Set.DifferentialBaseId) is { Set.IsUsable: true } full)
                {
                    RestoreChain reach = new RestoreChainPlanner(
                        [full.Set, differential.Set, .. logs.Select(static log => log.Set)]).Reach(full.Set)!;
                    Assert.True(reach.ReachedAt >= differential.Set.FinishedAt);
                    Check(history, [full, differential, .. logs], TargetOf(history, deeds, percent));
                }
            }
        });

    [Fact]
    public void The_end_of_the_log_is_as_far_as_a_server_can_go() => Gen.Int[0, 9].Array[3, 40].Sample(deeds =>
    {
        SimulatedHistory history = new(deeds);
        DateTimeOffset last = FindNaively(history.Sets, DateTimeOffset.MinValue).Max(static set => set.Set.StartedAt);

        Assert.Equal(last, new RestoreChainPlanner(history.Sets.Select(static set => set.Set)).Plan(null).Chain!.ReachedAt);
    });

    private static DateTimeOffset TargetOf(SimulatedHistory history, int[] deeds, int percent) =>
        history.Now.AddMinutes(-deeds.Length + (deeds.Length * percent / 100) + 0.5);

    /// <summary>Plans with some of the sets of a history, and has a server that knows every record carry the plan out.</summary>
    private static void Check(SimulatedHistory history, IReadOnlyList<SimulatedSet> given, DateTimeOffset target)
    {
        Dictionary<Guid, SimulatedSet> sets = given.ToDictionary(static set => set.Set.Id);
        SimulatedSet[] naive = [.. FindNaively(given, target)];
        bool hasTruth = naive.Any(set => SimulatedHistory.At(set, target).SequenceEqual(history.TruthAt(target)));

        RestoreChainPlan plan = new RestoreChainPlanner(given.Select(static set => set.Set)).Plan(target);

        if (plan.Chain is not { } chain)
        {
            Assert.False(hasTruth, $"{plan.Reason} And yet it can be reached.");
            Assert.NotNull(plan.Reason);
            return;
        }

        Assert.True(chain.Base.FinishedAt <= target);
        Assert.True(chain.ReachedAt >= target);
        SimulatedSet held = sets[chain.Base.Id];
        Assert.True(chain.Differential is null || chain.Differential.DifferentialBaseId == chain.Full.Id);
        foreach (BackupSet log in chain.Logs)
        {
            Assert.True(SimulatedHistory.Takes(held, sets[log.Id]), "The server refuses a log of the plan.");
            held = sets[log.Id];
        }

        // Where nothing is left of the fork that the database was on, its end cannot be told from the next one's beginning.
        Assert.True(
            SimulatedHistory.At(held, target).SequenceEqual(history.TruthAt(target))
                || (!hasTruth && chain.Logs.Any(static log => log.CrossesFork)),
            "Something else is restored than was there.");
    }

    /// <summary>Every set that a server can be brought to, by trying all of them, and that was begun after a moment; bases were
    /// complete before it.</summary>
    private static IEnumerable<SimulatedSet> FindNaively(IReadOnlyList<SimulatedSet> sets, DateTimeOffset target)
    {
        SimulatedSet[] held = [.. sets.Where(static set => set.Set.IsUsable)];
        HashSet<SimulatedSet> reached = [.. held.Where(set => target == DateTimeOffset.MinValue || set.Set.FinishedAt <= target)
            .Where(set => set.Set.Type == BackupSetType.Full || (set.Set.Type == BackupSetType.Differential
                && held.Any(full => full.Set.Id == set.Set.DifferentialBaseId)))];
        for (int before = -1; before != reached.Count;)
        {
            before = reached.Count;
            foreach (SimulatedSet log in held.Where(static set => set.Set.Type == BackupSetType.Log))
            {
                if (reached.Any(set => set != log && set.Set.StartedAt <= log.Set.StartedAt && SimulatedHistory.Takes(set, log)))
                {
                    reached.Add(log);
                }
            }
        }

        return reached.Where(set => set.Set.StartedAt >= target
            && (set.Set.Type == BackupSetType.Log || target == DateTimeOffset.MinValue));
    }
}
