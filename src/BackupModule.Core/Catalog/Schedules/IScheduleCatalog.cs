using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Catalog.Schedules;

/// <summary>The part of the catalog by which runners share the schedules: a policy's jobs are run by whoever holds its
/// lease, one at a time.</summary>
/// <remarks>Leases are reckoned by one clock, the catalog's: that of the database server where there is one, else this
/// machine's. A runner that dies lets its lease run out, and another gets it with a higher token; whatever is written
/// with the old token fails.</remarks>
public interface IScheduleCatalog
{
    /// <summary>The states of all policies that have one.</summary>
    Task<IReadOnlyList<ScheduleState>> ListSchedulesAsync(CancellationToken cancellationToken);

    /// <summary>Says when a policy is next due, and what is known of its entries; makes the state if there is none. Touches
    /// neither a lease nor a suspension.</summary>
    /// <param name="policyName">The policy.</param>
    /// <param name="nextDueAt">When it is next due; null for never.</param>
    /// <param name="jobs">Its entries. Where more of an entry is done already than this says, what is recorded stays, so that
    /// a plan made from a state that was read before a run takes nothing back. Under a lease,
    /// <see cref="SaveProgressAsync"/> can.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    Task SetDueAsync(
        string policyName, DateTimeOffset? nextDueAt, IReadOnlyList<JobState> jobs, CancellationToken cancellationToken);

    /// <summary>Takes the lease of the policy that has been due longest, if nobody else holds it and it is not suspended.
    /// </summary>
    /// <param name="runner">Who takes it, unique to the process.</param>
    /// <param name="policyNames">The policies that the runner can run.</param>
    /// <param name="now">Policies that are due by then are taken.</param>
    /// <param name="length">How long the lease is believed without being renewed.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Null if nothing is due that is free. What is to be done says the state as it is read under the lease.
    /// </returns>
    Task<ScheduleLease?> ClaimDueAsync(
        string runner,
        IReadOnlyCollection<string> policyNames,
        DateTimeOffset now,
        TimeSpan length,
        CancellationToken cancellationToken);

    /// <summary>Takes the lease of one policy, due or not, for a run that somebody asked for.</summary>
    /// <returns>Null if somebody else holds it.</returns>
    Task<ScheduleLease?> ClaimAsync(
        string runner, string policyName, TimeSpan length, CancellationToken cancellationToken);

    /// <summary>Prolongs a lease from now on.</summary>
    /// <returns>The prolonged lease; null if it was lost to somebody else.</returns>
    Task<ScheduleLease?> RenewAsync(ScheduleLease lease, TimeSpan length, CancellationToken cancellationToken);

    /// <summary>Records under a lease how far the policy's entries are.</summary>
    /// <returns>False if the lease was lost; then nothing is changed.</returns>
    Task<bool> SaveProgressAsync(
        ScheduleLease lease, DateTimeOffset? nextDueAt, IReadOnlyList<JobState> jobs, CancellationToken cancellationToken);

    /// <summary>Gives a lease back. One that was lost is left alone.</summary>
    Task ReleaseAsync(ScheduleLease lease, CancellationToken cancellationToken);

    /// <summary>Suspends a policy's schedule.</summary>
    Task SuspendAsync(
        string policyName, DateTimeOffset at, DateTimeOffset? until, string? reason, CancellationToken cancellationToken);

    /// <summary>Resumes a policy's schedule, if it is suspended.</summary>
    Task ResumeAsync(string policyName, CancellationToken cancellationToken);
}
