using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Replication;
using Xunit;

namespace BackupModule.Tests.Replication;

/// <summary>Only events count, and each point says what it rests upon or what to do.</summary>
public sealed class ReplicationScoreTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly ReplicaFacts s_main = new()
    {
        Name = "main",
        Role = RepositoryRole.Primary,
        Medium = "Local",
        Place = "Berlin",
        Facts = [BackedUp(days: 0.5), Verified(days: 3)],
    };

    private static readonly ReplicaFacts s_offsite = new()
    {
        Name = "offsite",
        Role = RepositoryRole.Secondary,
        Medium = "AmazonS3",
        Place = "Frankfurt",
        Facts = [Synced(days: 0.25, newest: 0.5), Verified(days: 5)],
    };

    private static readonly ReplicaFacts s_drawer = new()
    {
        Name = "drawer",
        Role = RepositoryRole.Archive,
        Medium = "Removable disk",
        IsConnected = false,
        Facts = [Synced(days: 9, newest: 10), Verified(days: 9)],
    };

    [Fact]
    public void All_five_points_can_be_met_and_carry_the_dates_of_their_facts()
    {
        ReplicationScore score = Judge(s_main, s_offsite, s_drawer);

        Assert.Equal("3-2-1-1-0: 5 of 5", score.ToString());
        Assert.Equal([0.5, 0.25, 0.25, 9, 9], score.Points.Select(point => (s_now - point.Date!.Value).TotalDays));
        Assert.All(score.Points, point => Assert.Null(point.NextStep));
    }

    [Fact]
    public void What_is_only_configured_counts_nothing()
    {
        ReplicationScore score = Judge(
            s_main with { Facts = [] }, s_offsite with { Facts = [] }, s_drawer with { Facts = [] });

        Assert.Equal(0, score.Met);
        Assert.All(score.Points, point => Assert.NotNull(point.NextStep));
        Assert.All(score.Points, point => Assert.Null(point.Date));
    }

    [Fact]
    public void A_single_repository_meets_what_it_alone_can_meet()
    {
        ReplicationScore score = Judge(s_main);

        Assert.Equal(["0 errors"], score.Points.Where(point => point.IsMet).Select(point => point.Name));
        Assert.Contains("-CopyOf main", score.Points[0].NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2.4, true)]
    [InlineData(2.6, false)]
    public void A_copy_that_is_too_far_behind_does_not_count(double newest, bool counts)
    {
        ReplicationScore score = Judge(s_main, s_offsite with { Facts = [Synced(2, newest), Verified(1)] });

        Assert.Equal(counts, score.Points[0].IsMet);
        Assert.Equal(counts, score.Points[1].IsMet);
        Assert.Equal(counts, score.Points[2].IsMet);
        Assert.Equal(
            counts ? null : "Run Sync-BackupRepository -Name main -Destination offsite.", score.Points[0].NextStep);
    }

    [Fact]
    public void The_lag_that_is_allowed_can_be_set()
    {
        ReplicaFacts copy = s_offsite with { Facts = [Synced(2, newest: 5), Verified(1)] };

        Assert.False(Judge(s_main, copy).Points[0].IsMet);
        Assert.True(Judge(s_main, copy with { AllowedLag = TimeSpan.FromDays(7) }).Points[0].IsMet);
    }

    [Fact]
    public void A_newer_backup_that_a_sync_saw_makes_the_other_copies_old()
    {
        ReplicaFacts seen = s_offsite with
        {
            Facts = [Synced(days: 0, newest: 0) with { NewestInSource = s_now }, Verified(1)],
        };
        ReplicaFacts old = s_main with { Facts = [BackedUp(days: 4), Verified(1)] };

        Assert.DoesNotContain("main", Judge(old, seen).Points[0].Fact, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_in_the_same_place_are_not_off_site()
    {
        Assert.False(Judge(s_main, s_offsite with { Place = "berlin" }).Points[2].IsMet);
        Assert.False(Judge(s_main, s_offsite with { Place = null }).Points[2].IsMet);
        Assert.Contains(
            "-Place", Judge(s_main with { Place = null }, s_offsite).Points[2].NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_counts_as_offline_only_while_it_is_not_connected()
    {
        Assert.False(Judge(s_main, s_drawer with { IsConnected = true }).Points[3].IsMet);
        Assert.False(Judge(s_main, s_drawer with { IsConnected = null }).Points[3].IsMet);
        Assert.False(Judge(s_main, s_drawer with { Role = RepositoryRole.Secondary }).Points[3].IsMet);
        Assert.True(Judge(s_main, s_drawer).Points[3].IsMet);
    }

    [Fact]
    public void A_copy_that_refused_tampering_counts_as_immutable()
    {
        RepositoryFact tested = new() { Kind = RepositoryFactKind.TamperTested, At = s_now.AddDays(-2) };

        Assert.True(Judge(s_main, With(s_offsite, tested)).Points[3].IsMet);
        Assert.False(Judge(s_main, With(s_offsite, tested with { Passed = false })).Points[3].IsMet);
        Assert.False(Judge(s_main, With(s_offsite, tested with { At = s_now.AddDays(-50) })).Points[3].IsMet);
    }

    [Fact]
    public void Checks_must_have_passed_lately_everywhere()
    {
        ReplicaFacts failed = s_offsite with { Facts = [Synced(0, 0.5), Verified(1) with { Passed = false }] };
        ReplicaFacts old = s_offsite with { Facts = [Synced(0, 0.5), Verified(40)] };
        ReplicaFacts partial = s_offsite with { Facts = [Synced(0, 0.5) with { Passed = false }, Verified(1)] };

        Assert.Contains("had errors on 2026-05-03", Judge(s_main, failed).Points[4].Fact, StringComparison.Ordinal);
        Assert.Contains("2026-03-25", Judge(s_main, old).Points[4].Fact, StringComparison.Ordinal);
        Assert.Contains("left backups out", Judge(s_main, partial).Points[4].Fact, StringComparison.Ordinal);
        Assert.True(Judge(s_main, s_offsite).Points[4].IsMet);
    }

    private static ReplicationScore Judge(ReplicaFacts source, params IReadOnlyList<ReplicaFacts> copies) =>
        ReplicationScore.Of(source, copies, s_now);

    private static ReplicaFacts With(ReplicaFacts replica, RepositoryFact fact) =>
        replica with { Facts = [.. replica.Facts, fact] };

    private static RepositoryFact BackedUp(double days) => new()
    {
        Kind = RepositoryFactKind.BackedUp,
        At = s_now.AddDays(-days),
        NewestBackup = s_now.AddDays(-days),
    };

    private static RepositoryFact Verified(double days) =>
        new() { Kind = RepositoryFactKind.Verified, At = s_now.AddDays(-days) };

    private static RepositoryFact Synced(double days, double newest) => new()
    {
        Kind = RepositoryFactKind.Synced,
        At = s_now.AddDays(-days),
        NewestBackup = s_now.AddDays(-newest),
        NewestInSource = s_now.AddDays(-newest),
    };
}
