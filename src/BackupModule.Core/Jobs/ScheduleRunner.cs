using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs;

/// <summary>Runs what the schedules of this machine's policies ask for. Any number of runners may do so at once: a policy's jobs
/// are run by the one that holds its lease, one after the other.</summary>
/// <param name="catalog">The catalog that the runners share.</param>
/// <param name="runner">Runs a job.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class ScheduleRunner(ICatalog catalog, JobRunner runner, TimeProvider time, IBackupObserver observer)
{
    private readonly PolicyLease _leases = new(catalog, time);

    /// <summary>Runs everything that is due at the moment, and returns when nothing is.</summary>
    /// <param name="policies">The policies that may be run.</param>
    /// <param name="onEnded">Called with every run that has ended.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>.</exception>
    public async Task RunDueAsync(
        IReadOnlyList<EffectivePolicy> policies, Func<JobResult, Task> onEnded, CancellationToken cancellationToken)
    {
        Dictionary<string, EffectivePolicy> runnable = policies
            .Where(static policy => policy.IsEnabled && policy.RunsOn(MachineIdentity.Current.HostName))
            .ToDictionary(static policy => policy.Name, StringComparer.OrdinalIgnoreCase);
        await AnnounceAsync(runnable.Values, cancellationToken).ConfigureAwait(false);

        // Of a policy that keeps failing, or whose clock keeps moving, one pass is enough until the next call.
        HashSet<string> left = new(runnable.Keys, StringComparer.OrdinalIgnoreCase);
        while (left.Count > 0
            && await catalog.ClaimDueAsync(PolicyLease.Runner, left, time.GetUtcNow(), PolicyLease.Length, cancellationToken)
                .ConfigureAwait(false) is { } lease)
        {
            left.Remove(lease.PolicyName);
            await _leases.HoldAsync(
                lease,
                async token =>
                {
                    await RunPolicyAsync(lease, runnable[lease.PolicyName], onEnded, token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What would be run at the moment; changes nothing.</summary>
    public async Task<IReadOnlyList<(EffectivePolicy Policy, DueJob Job)>> PlanAsync(
        IReadOnlyList<EffectivePolicy> policies, CancellationToken cancellationToken)
    {
        IReadOnlyList<ScheduleState> states = await catalog.ListSchedulesAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetLocalNow();
        return
        [
            .. policies.Where(static policy => policy.IsEnabled && policy.RunsOn(MachineIdentity.Current.HostName))
                .Select(policy => (Policy: policy, State: StateOf(states, policy)))
                .Where(item => item.State is null || !IsSuspended(item.State, now))
                .SelectMany(item => Plan(item.Policy, item.State, now).Jobs.Select(job => (item.Policy, job))),
        ];
    }

    // A policy whose schedule is new or was changed gets its next moment; leases and suspensions stay.
    private async Task AnnounceAsync(IEnumerable<EffectivePolicy> policies, CancellationToken cancellationToken)
    {
        IReadOnlyList<ScheduleState> states = await catalog.ListSchedulesAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetLocalNow();
        foreach (EffectivePolicy policy in policies)
        {
            ScheduleState? state = StateOf(states, policy);
            if (state?.LeaseUntil > now)
            {
                continue;
            }

            try
            {
                DuePlan plan = Plan(policy, state, now);
                IReadOnlyList<JobState> jobs = Merge(policy, state, plan.HandledUntil);
                DateTimeOffset? due = plan.Jobs.Count > 0 ? plan.Jobs.Min(static job => job.DueAt) : plan.NextDueAt;
                if (state is null || state.NextDueAt != due || !jobs.SequenceEqual(state.Jobs))
                {
                    await catalog.SetDueAsync(policy.Name, due, jobs, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.ScheduleInvalid)
            {
                observer.OnItemFailed(failure);
            }
        }
    }

    private async Task RunPolicyAsync(
        ScheduleLease lease, EffectivePolicy policy, Func<JobResult, Task> onEnded, CancellationToken cancellationToken)
    {
        // Read under the lease: somebody may have been here since the plan was announced.
        IReadOnlyList<ScheduleState> states = await catalog.ListSchedulesAsync(cancellationToken).ConfigureAwait(false);
        ScheduleState? state = StateOf(states, policy);
        DateTimeOffset now = time.GetLocalNow();
        DuePlan plan = Plan(policy, state, now);
        foreach (ClockMove move in plan.ClockMoves)
        {
            observer.OnWarning($"Policy '{policy.Name}': {move.Message}");
        }

        IReadOnlyList<JobState> jobs = Merge(policy, state, plan.HandledUntil);
        for (int done = 0; done < plan.Jobs.Count; done++)
        {
            DueJob job = plan.Jobs[done];
            JobResult? result = await RunAsync(policy, job, cancellationToken).ConfigureAwait(false);
            if (result?.Run.State == RunState.Stopped)
            {
                // What was stopped is still to do.
                await onEnded(result).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }

            jobs = Note(jobs, plan.HandledAfter(done + 1), job, result?.Run);
            bool isOurs = await catalog.SaveProgressAsync(lease, plan.NextDueAt, jobs, CancellationToken.None)
                .ConfigureAwait(false);
            if (result is not null)
            {
                await onEnded(result).ConfigureAwait(false);
            }

            if (!isOurs)
            {
                return;
            }
        }

        if (plan.Jobs.Count == 0)
        {
            await catalog.SaveProgressAsync(lease, plan.NextDueAt, jobs, cancellationToken).ConfigureAwait(false);
        }
    }

    // A policy without copies has nothing to copy; that is no run worth a line in the history.
    private async Task<JobResult?> RunAsync(EffectivePolicy policy, DueJob job, CancellationToken cancellationToken)
    {
        if (job.Entry is { Job: JobKind.Copy, RepositoryName: null } && policy.CopyTo.Count == 0)
        {
            return null;
        }

        observer.OnDecision($"Running '{job.Entry.Name}' of the policy '{policy.Name}', due at {job.DueAt:u}.");
        JobRequest request = new()
        {
            Policy = policy,
            Entry = job.Entry,
            Trigger = job.IsCatchUp ? RunTrigger.CatchUp : RunTrigger.Schedule,
            DueAt = job.DueAt,
            LockWait = PolicyLease.LockWait,
        };
        return await runner.RunAsync(request, observer, cancellationToken).ConfigureAwait(false);
    }

    // The schedule as it is begins when the policy was last changed; what came due since is to do.
    private static DuePlan Plan(EffectivePolicy policy, ScheduleState? state, DateTimeOffset now)
    {
        DateTimeOffset changed = policy.Policy.ChangedAt < now ? policy.Policy.ChangedAt : now;
        return DuePlanner.Plan(
            policy.Name,
            policy.Schedule,
            policy.Schedule.DistinctBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(
                static entry => entry.Name,
                entry => HandledUntil(state, entry) is { } known && known > changed ? known : changed,
                StringComparer.OrdinalIgnoreCase),
            now,
            TimeZoneInfo.Local);
    }

    private static DateTimeOffset? HandledUntil(ScheduleState? state, ScheduleEntry entry) =>
        state?.Jobs.FirstOrDefault(job => IsSame(job.EntryName, entry.Name))?.HandledUntil;

    private static List<JobState> Merge(
        EffectivePolicy policy, ScheduleState? state, IReadOnlyDictionary<string, DateTimeOffset> handled) =>
    [
        .. policy.Schedule.Select(entry =>
            (state?.Jobs.FirstOrDefault(job => IsSame(job.EntryName, entry.Name))
                ?? new JobState { EntryName = entry.Name, HandledUntil = default }) with { HandledUntil = handled[entry.Name] }),
    ];

    private static IReadOnlyList<JobState> Note(
        IReadOnlyList<JobState> jobs, IReadOnlyDictionary<string, DateTimeOffset> handled, DueJob done, RunRecord? run) =>
    [
        .. jobs.Select(job =>
        {
            JobState moved = job with { HandledUntil = handled[job.EntryName] };
            return run is not null && IsSame(job.EntryName, done.Entry.Name)
                ? moved with { StartedAt = run.StartedAt, EndedAt = run.EndedAt, State = run.State }
                : moved;
        }),
    ];

    private static ScheduleState? StateOf(IReadOnlyList<ScheduleState> states, EffectivePolicy policy) =>
        states.FirstOrDefault(state => IsSame(state.PolicyName, policy.Name));

    private static bool IsSuspended(ScheduleState state, DateTimeOffset now) =>
        state.SuspendedAt is not null && !(state.SuspendedUntil <= now);

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
