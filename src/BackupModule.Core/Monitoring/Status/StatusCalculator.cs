using System.Collections.Generic;
using System.Linq;
using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Monitoring.Statistics;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Status;

/// <summary>Works out how everything stands. Only what happened makes a policy well: what is merely configured, and what was
/// not seen, does not.</summary>
public static class StatusCalculator
{
    /// <summary>The status of all policies and repositories.</summary>
    public static StatusReport Calculate(WatchFacts facts)
    {
        AlertAssessment assessment = AlertEvaluator.Evaluate(facts);
        Dictionary<string, RepositoryStatus> repositories = facts.Repositories.ToDictionary(
            static repository => repository.Name,
            repository => Calculate(repository, facts),
            StringComparer.OrdinalIgnoreCase);
        return new StatusReport(
            facts,
            [.. facts.Policies.Select(policy => Calculate(policy, facts, assessment, repositories))],
            [.. facts.Repositories.Select(repository => repositories[repository.Name])]);
    }

    private static RepositoryStatus Calculate(RepositoryWatch repository, WatchFacts facts)
    {
        StorageGrowth? growth = StorageGrowth.Of(repository.Runs, facts.Now);
        return new RepositoryStatus
        {
            Name = repository.Name,
            Space = repository.Space,
            Growth = growth,
            FullAt = repository.Space is { } space ? growth?.FullAt(facts.Now, space.FreeBytes) : null,
            Proof = RepositoryProof.Of(repository, facts),
        };
    }

    private static PolicyStatus Calculate(
        PolicyFacts policy,
        WatchFacts facts,
        AlertAssessment assessment,
        Dictionary<string, RepositoryStatus> repositories)
    {
        List<RunRecord> backups =
            [.. policy.Runs.Where(run => run.Job == JobKind.Backup && run.StartedAt >= facts.Since)];
        List<RunRecord> tests =
            [.. policy.Runs.Where(static run => run.Job == JobKind.RestoreTest && (run.IsGood() || run.FoundDamage()))];
        EntryTiming? next = policy.Timings.Where(static timing => timing.NextDueAt is not null)
            .MinBy(static timing => timing.NextDueAt);
        bool isSuspended = ScheduleStanding.IsSuspended(policy.Schedule, facts.Now);
        bool isRun = policy.Policy.IsEnabled && !isSuspended;
        JobHistory history = JobHistory.Of(JobKind.Backup, policy.Runs, facts.Since);
        PolicyStatus status = new()
        {
            Policy = policy.Policy,
            State = HealthState.Ok,
            Reasons = [],
            RecoveryPoint = RecoveryPoint.Of(policy, facts.Now),
            Jobs =
            [
                history,
                .. policy.Policy.Schedule.Select(static entry => entry.Job)
                    .Distinct()
                    .Where(static job => job != JobKind.Backup)
                    .Order()
                    .Select(job => JobHistory.Of(job, policy.Runs, facts.Since)),
            ],
            Backups = history,
            SizeTrend = SizeTrend.Of(policy.Runs, facts.Since),
            AddedBytes = backups.Sum(static run => run.Figures.AddedBytes),
            StoredBytes = backups.Sum(static run => run.Figures.StoredBytes),
            Proof = policy.Policy.RepositoryName is { } name ? repositories.GetValueOrDefault(name)?.Proof : null,
            RestoreTest = tests.FirstOrDefault(),
            GoodRestoreTest = tests.Find(static run => !run.FoundDamage()),
            Copies = CopyStanding.Of(policy, facts),
            NextRun = isRun ? policy.Schedule?.NextDueAt ?? next?.NextDueAt : null,
            NextEntry = isRun ? next?.EntryName : null,
            Timings = policy.Timings,
            IsSuspended = isSuspended,
            Running = policy.Runs.FirstOrDefault(static run => run.State == RunState.Running),
        };
        List<StatusReason> reasons =
            [.. new StatusReasons(status, policy, facts, assessment).List().OrderByDescending(static reason => reason.State)];
        return status with
        {
            State = reasons.Count > 0 ? reasons[0].State : HealthState.Ok,
            Reasons = [.. reasons.Select(static reason => reason.Text)],
        };
    }
}
