using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Retention;

/// <summary>Backups of a log stay as long as a backup before them needs them.</summary>
public sealed class LogRetentionTests
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_log_of_two_weeks_stays_from_the_backup_before_them_on_and_counts_for_no_rule()
    {
        Snapshot[] backups = [.. Enumerable.Range(0, 60).Select(static day => Make(day, BackupKind.Daily))];
        Snapshot[] logs = [.. Enumerable.Range(0, 60).Select(static day => Make(day + 0.5, BackupKind.Log))];

        RetentionPlan plan = RetentionPlanner.Plan(
            [.. backups, .. logs], new RetentionRules { KeepDaily = 30 }, s_now, new RetentionOptions { MaxRemovedShare = 1 });

        Snapshot[] kept = [.. plan.Decisions.Where(static decision => decision.IsKept).Select(static decision => decision.Snapshot)];
        Assert.Equal(30, kept.Count(static snapshot => !IsLog(snapshot)));

        // The backup of two weeks ago is the first of which moments are reached; the log half a day before it is older.
        Assert.Equal(14, kept.Count(IsLog));
        Assert.All(kept.Where(IsLog), static log => Assert.True(log.Time.ToDateTimeOffset() > s_now.AddDays(-14)));
    }

    [Fact]
    public void A_rule_for_the_kind_replaces_this_and_a_log_alone_stays()
    {
        RetentionRules rules = new()
        {
            KeepAll = true,
            ByKind = new Dictionary<BackupKind, RetentionRules> { [BackupKind.Log] = new() { KeepLast = 3 } },
        };
        Snapshot[] logs = [.. Enumerable.Range(0, 9).Select(static day => Make(day + 0.5, BackupKind.Log))];

        RetentionPlan own = RetentionPlanner.Plan(
            [Make(9, BackupKind.Daily), .. logs], rules, s_now, new RetentionOptions { MaxRemovedShare = 1 });
        RetentionPlan alone = RetentionPlanner.Plan(
            logs, new RetentionRules { KeepLast = 1 }, s_now, new RetentionOptions { MaxRemovedShare = 1 });

        Assert.Equal(3, own.Decisions.Count(static decision => decision.IsKept && IsLog(decision.Snapshot)));
        Assert.All(alone.Decisions, static decision => Assert.True(decision.IsKept));
    }

    private static bool IsLog(Snapshot snapshot) => BackupTags.FindKind(snapshot.Tags) == BackupKind.Log;

    private static Snapshot Make(double daysAgo, BackupKind kind) => new()
    {
        Id = ObjectId.Random(),
        Time = FileTimestamp.FromDateTimeOffset(s_now.AddDays(-daysAgo)),
        Tree = ObjectId.Random(),
        Paths = ["/srv"],
        HostName = "web1",
        Tags = [BackupTags.OfPolicy("shop"), BackupTags.OfKind(kind)],
    };
}
