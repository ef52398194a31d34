using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Recovery;

public sealed class PolicyBackupsTests
{
    private static readonly DateTimeOffset s_day = new(2026, 11, 22, 0, 0, 0, TimeSpan.FromHours(1));

    // Not in the order of their times, as copies of several machines may come.
    private static readonly Snapshot[] s_all =
    [
        Made(hour: 4, "shop"), Made(hour: 1, "wiki"), Made(hour: 2, "shop"), Made(hour: 5, "shop", BackupKind.Log), Made(hour: 3, "shop"),
    ];

    [Fact]
    public void The_newest_backup_of_the_policy_is_chosen_and_none_of_its_log() =>
        Assert.Equal(Hour(4), TimeOf(PolicyBackups.Newest(s_all, "Shop", "main")));

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3.99, 3)]
    [InlineData(4, 4)]
    [InlineData(100, 4)]
    public void Of_a_moment_it_is_the_newest_one_until_then(double moment, double expected) =>
        Assert.Equal(Hour(expected), TimeOf(PolicyBackups.NewestAt(s_all, "shop", "main", Hour(moment))));

    [Fact]
    public void Moments_are_compared_across_time_zones() => Assert.Equal(
        Hour(2), TimeOf(PolicyBackups.NewestAt(s_all, "shop", "main", Hour(2.5).ToOffset(TimeSpan.FromHours(-8)))));

    [Fact]
    public void A_moment_before_all_backups_is_refused_with_the_earliest_one()
    {
        BackupException refusal = Assert.Throws<BackupException>(() => PolicyBackups.NewestAt(s_all, "shop", "main", Hour(1.5)));

        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, refusal.Kind);
        Assert.Contains("2026-11-22 02:00:00.000+01:00", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(IdOf(2).ShortText, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_without_a_backup_is_refused_by_its_name()
    {
        BackupException refusal = Assert.Throws<BackupException>(() => PolicyBackups.NewestAt(s_all, "blog", "main", Hour(9)));

        Assert.Equal((BackupErrorKind.BackupNotFound, "blog"), (refusal.Kind, refusal.Subject));
    }

    private static Snapshot Made(double hour, string policy, BackupKind kind = BackupKind.Hourly) => new()
    {
        Id = IdOf(hour),
        Time = FileTimestamp.FromDateTimeOffset(Hour(hour)),
        Tree = default,
        Tags = [BackupTags.OfPolicy(policy), BackupTags.OfKind(kind)],
    };

    private static ObjectId IdOf(double hour) => ObjectId.Hash([(byte)hour]);

    private static DateTimeOffset Hour(double hour) => s_day.AddHours(hour);

    private static DateTimeOffset TimeOf(Snapshot snapshot) => snapshot.Time.ToDateTimeOffset();
}
