using System;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class RepositoryProofTests
{
    private readonly Watched _watched = new() { Now = Watched.Start.AddDays(200) };

    public RepositoryProofTests() => _watched.Settings = _watched.Settings with
    {
        Schedule =
        [
            new ScheduleEntry { Name = "structure", Job = JobKind.Verification, Cron = "@daily" },
            new ScheduleEntry { Name = "share", Job = JobKind.Verification, Cron = "@weekly", ReadDataShare = 0.25 },
        ],
    };

    [Fact]
    public void A_repository_that_nobody_checked_has_no_proof()
    {
        RepositoryProof proof = Proof();

        Assert.Null(proof.Last);
        Assert.Null(proof.Damage);
        Assert.Empty(proof.LastPassed);
    }

    [Fact]
    public void The_last_passed_check_of_each_level_is_told()
    {
        Check(1, share: true);
        Check(2, share: true);
        Check(3, share: false);

        Assert.Equal(
            [(CheckLevel.Structure, Day(3)), (CheckLevel.Data, Day(2))],
            Proof().LastPassed.Select(static check => (check.Level, check.At)));
    }

    [Theory]
    [InlineData("VerificationFailed", true)]
    [InlineData("PackDamaged", true)]
    [InlineData("ChunkMissing", true)]
    [InlineData("RepositoryLocked", false)]
    [InlineData("StorageFailure", false)]
    [InlineData("WrongPassword", false)]
    [InlineData(null, false)]
    public void A_check_that_could_not_be_done_is_no_damage(string? errorId, bool isDamage)
    {
        Check(1, share: false, errorId: errorId, state: RunState.Failed);

        Assert.Equal(isDamage, Proof().Damage is not null);
        Assert.Equal(isDamage, Proof().Last is not null);
    }

    [Fact]
    public void Findings_are_damage_even_where_the_run_went_well()
    {
        _watched.Add(Watched.Run(JobKind.Verification, Day(1), RunState.CompletedWithWarnings) with
        {
            Figures = new RunFigures { Failures = 1 },
        });

        Assert.NotNull(Proof().Damage);
    }

    [Fact]
    public void Damage_of_the_structure_is_disproved_by_the_next_check()
    {
        Check(1, share: false, errorId: "TreeDamaged", state: RunState.Failed);
        Check(2, share: false);

        Assert.Null(Proof().Damage);
    }

    [Fact]
    public void Damage_in_a_pack_is_not_disproved_by_checks_that_read_others()
    {
        Check(1, share: true, errorId: "PackDamaged", state: RunState.Failed);
        Check(2, share: false);
        Check(3, share: true);
        Check(4, share: true);
        Check(5, share: true);
        Assert.Equal(Day(1), Proof().Damage?.At);

        Check(6, share: true);
        Assert.Null(Proof().Damage);
    }

    [Fact]
    public void An_own_check_that_passed_disproves_damage()
    {
        Check(1, share: true, errorId: "PackDamaged", state: RunState.Failed);
        Own(2, passed: true);

        Assert.Null(Proof().Damage);
    }

    [Fact]
    public void The_record_of_a_scheduled_check_is_not_an_own_check()
    {
        Check(1, share: true, errorId: "PackDamaged", state: RunState.Failed);
        RunRecord next = Check(2, share: true);
        _watched.AddFact(Watched.Repository, new RepositoryFact
        {
            Kind = RepositoryFactKind.Verified,
            At = next.EndedAt!.Value.AddSeconds(1),
        });

        Assert.NotNull(Proof().Damage);
    }

    [Fact]
    public void Damage_that_an_own_check_found_outlives_the_record_of_it()
    {
        Own(1, passed: false);
        Assert.NotNull(Proof().Damage);

        // The next check takes the place of the record; what it found is in the alert.
        Watched later = new() { Now = _watched.Now, Settings = _watched.Settings };
        later.OpenAlerts.Add(new AlertRecord
        {
            AlertId = AlertRecord.NewId(Day(1)),
            Kind = AlertKind.VerificationFailed,
            Severity = AlertSeverity.Critical,
            Subject = "MAIN",
            Message = "damage",
            OpenedAt = Day(1),
            SeenAt = Day(1),
        });
        later.Add(Watched.Run(JobKind.Verification, Day(2)));
        Assert.NotNull(Proof(later).Damage);

        later.AddFact(Watched.Repository, new RepositoryFact { Kind = RepositoryFactKind.Verified, At = Day(3) });
        Assert.Null(Proof(later).Damage);
    }

    private static DateTimeOffset Day(int day) => Watched.Start.AddDays(day);

    private RunRecord Check(
        int day, bool share, string? errorId = null, RunState state = RunState.Completed) =>
        _watched.Add(Watched.Run(JobKind.Verification, Day(day)) with
        {
            EndedAt = Day(day),
            State = state,
            ErrorId = errorId,
            ScheduleEntry = share ? "share" : "structure",
            Figures = new RunFigures { SourceBytes = share ? 1000 : 0 },
        });

    private void Own(int day, bool passed) => _watched.AddFact(Watched.Repository, new RepositoryFact
    {
        Kind = RepositoryFactKind.Verified,
        At = Day(day),
        Passed = passed,
    });

    private RepositoryProof Proof() => Proof(_watched);

    private static RepositoryProof Proof(Watched watched)
    {
        WatchFacts facts = watched.Facts();
        return RepositoryProof.Of(facts.Repositories[0], facts);
    }
}
