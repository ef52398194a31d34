using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Retention;

/// <summary>Two years of an hourly schedule: every evening retention removes what it removes, and what is left is compared
/// with what the rules say of all backups that were ever made.</summary>
public sealed class TwoYearsTests
{
    private static readonly DateTimeOffset s_start = new(2024, 12, 28, 0, 5, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_twoYears = TimeSpan.FromDays(731);

    private static readonly RetentionRules s_rotation = new()
    {
        KeepLast = 5,
        Rotations =
        [
            RotationRule.Parse("every 6h for 2d"), RotationRule.Parse("every 1w for 90d"), RotationRule.Parse("every 3m for 2y"),
        ],
        KeepYearly = RetentionRules.Unlimited,
    };

    private static readonly RetentionRules s_byKind = new()
    {
        KeepLast = 3,
        Rotations = [RotationRule.Parse("every 2d for 3w")],
        ByKind = new Dictionary<BackupKind, RetentionRules>
        {
            [BackupKind.Hourly] = new()
            {
                KeepWithin = CalendarDuration.Parse("36h"),
                Rotations = [RotationRule.Parse("every 6h for 5d")],
            },
            [BackupKind.Daily] = new() { KeepDaily = 14, Rotations = [RotationRule.Parse("every 1w for 60d")] },
            [BackupKind.Weekly] = new() { KeepWeekly = 8 },
            [BackupKind.Monthly] = new() { KeepMonthly = RetentionRules.Unlimited },
        },
    };

    [Theory]
    [InlineData("Etc/UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/St_Johns")]
    public void The_default_rules_hold_on_every_day(string zone) => Simulate(RetentionRules.Default, zone, new RetentionOptions());

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Australia/Lord_Howe")]
    public void Rotation_rules_hold_on_every_day(string zone) =>
        Simulate(s_rotation, zone, new RetentionOptions { MaxRemovedShare = 0.75 });

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Santiago")]
    public void Rules_by_kind_hold_on_every_day(string zone) =>
        Simulate(s_byKind, zone, new RetentionOptions());

    private static void Simulate(RetentionRules rules, string zoneName, RetentionOptions options)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        NaiveRetention naive = new(rules, zone);
        List<Snapshot> present = [];
        int days = 0;
        int removed = 0;
        for (DateTimeOffset time = s_start; time < s_start + s_twoYears; time += TimeSpan.FromHours(1))
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(time, zone);
            foreach (Snapshot snapshot in DueAt(local))
            {
                present.Add(snapshot);
                naive.Add(snapshot);
            }

            if (TimeZoneInfo.ConvertTime(time.AddHours(1), zone).Date == local.Date)
            {
                continue;
            }

            days++;
            RetentionPlan plan = RetentionPlanner.Plan(
                present, rules, time.AddMinutes(10), options with { Zone = zone });
            removed += plan.Removed.Count();
            present = [.. plan.Kept.Select(static decision => decision.Snapshot)];
            Assert.Empty(plan.Objections);
            Assert.True(
                naive.Kept().SetEquals(present.Select(static snapshot => snapshot.Id)), $"{local:yyyy-MM-dd} in {zoneName}");
        }

        Assert.InRange(days, 731, 732);
        Assert.InRange(removed, 17_000, 17_600);
    }

    // What a scheduler makes of the hour, the day, the week and the month being due; and what somebody makes in between.
    private static IEnumerable<Snapshot> DueAt(DateTimeOffset local)
    {
        BackupKind kind = local.Hour != 0 ? BackupKind.Hourly
            : local.Day == 1 ? BackupKind.Monthly
            : local.DayOfWeek == DayOfWeek.Monday ? BackupKind.Weekly
            : BackupKind.Daily;
        yield return MadeBackups.At(local, "policy:shop", BackupTags.OfKind(kind));
        if (local is { Hour: 12, Day: 5 or 17 or 18 })
        {
            yield return MadeBackups.At(local.AddMinutes(29), "policy:shop");
        }
    }
}
