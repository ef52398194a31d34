using System;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class CopyStandingTests
{
    private readonly Watched _watched = new() { Now = Watched.Start.AddDays(60) };

    public CopyStandingTests()
    {
        _watched.AddRepository("offsite");
        _watched.Settings = _watched.Settings with
        {
            CopyTo = ["offsite"],
            Schedule =
            [
                new ScheduleEntry { Name = "copy", Job = JobKind.Copy, Cron = "@daily" },
                new ScheduleEntry { Name = "elsewhere", Job = JobKind.Copy, Cron = "@daily", RepositoryName = "other" },
            ],
        };
        for (int day = 0; day < 10; day++)
        {
            _watched.AddBackup(Ago(day, 3));
        }
    }

    [Fact]
    public void Nothing_is_known_of_a_copy_that_was_never_made()
    {
        CopyStanding copy = Copy();

        Assert.Equal(("offsite", null, null, false), (copy.RepositoryName, copy.CopiedAt, copy.Lag, copy.IsBehind));
    }

    [Fact]
    public void A_copy_holds_what_was_complete_when_it_began()
    {
        AddCopy(Ago(0, 1));
        Assert.Equal(TimeSpan.Zero, Copy().Lag);

        // The newest backup was at work then.
        _watched.AddBackup(Ago(0, 1).AddMinutes(-5));
        Assert.Equal(TimeSpan.FromMinutes(115), Copy().Lag);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void A_copy_may_be_two_days_behind(int days, bool isBehind)
    {
        AddCopy(Ago(days, 1));

        Assert.Equal((TimeSpan.FromDays(days), isBehind), (Copy().Lag, Copy().IsBehind));
    }

    [Theory]
    [InlineData("copy", RunState.Failed)]
    [InlineData("copy", RunState.CompletedWithWarnings)]
    [InlineData("elsewhere", RunState.Completed)]
    public void A_run_with_complaints_or_to_elsewhere_proves_nothing(string entry, RunState state)
    {
        _watched.Add(Watched.Run(JobKind.Copy, Ago(0, 1), state) with { ScheduleEntry = entry });

        Assert.Null(Copy().Lag);
    }

    [Fact]
    public void A_run_that_passed_an_archive_over_says_nothing_of_it()
    {
        _watched.AddRepository("offsite", RepositoryRole.Archive);
        AddCopy(Ago(0, 1));
        Assert.Null(Copy().Lag);

        AddSync(Ago(0, 1).AddMinutes(5), newest: Ago(0, 3));
        Assert.Equal(TimeSpan.Zero, Copy().Lag);
        Assert.Equal(TimeSpan.FromDays(35), Copy().Limit);
    }

    [Fact]
    public void A_sync_that_somebody_ran_counts_as_far_as_it_got()
    {
        AddSync(Ago(0, 1), newest: Ago(4, 2));

        Assert.Equal(TimeSpan.FromDays(4), Copy().Lag);
        Assert.Equal(Ago(0, 1), Copy().CopiedAt);
    }

    [Fact]
    public void The_copy_of_another_policy_is_not_this_ones()
    {
        AddSync(Ago(0, 1), newest: Ago(0, 2));
        WatchFacts facts = _watched.Facts();
        PolicyFacts own = facts.Policies[0];
        PolicyFacts other = own with { Runs = [Watched.Run(JobKind.Copy, Ago(0, 1).AddMinutes(-5))] };

        CopyStanding copy = CopyStanding.Of(own, facts with { Policies = [own, other] }).Single();

        Assert.Null(copy.Lag);
    }

    private DateTimeOffset Ago(int days, int hours) => _watched.Now.AddDays(-days).AddHours(-hours);

    private void AddCopy(DateTimeOffset at) =>
        _watched.Add(Watched.Run(JobKind.Copy, at) with { ScheduleEntry = "copy" });

    private void AddSync(DateTimeOffset at, DateTimeOffset newest) => _watched.AddFact("offsite", new RepositoryFact
    {
        Kind = RepositoryFactKind.Synced,
        At = at,
        NewestBackup = newest,
        NewestInSource = newest,
    });

    private CopyStanding Copy() => CopyStanding.Of(_watched.Facts().Policies[0], _watched.Facts()).Single();
}
