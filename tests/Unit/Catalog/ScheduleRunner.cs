using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Scheduling;

namespace BackupModule.Tests.Catalog;

/// <summary>One of several runners that share a catalog's schedules: claims what is due, records a run of it, and goes on
/// until nothing is due. Its jobs do nothing.</summary>
internal sealed class ScheduleRunner(ICatalog catalog, string name)
{
    /// <summary>The first moment at which something is due.</summary>
    public static readonly DateTimeOffset First = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How far apart the moments are.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How often each policy is due.</summary>
    public const int Occurrences = 3;

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(8);

    /// <summary>The file by which a hanging runner says that it holds a lease.</summary>
    public const string HoldingFile = "holding";

    /// <summary>Makes policies due.</summary>
    public static async Task PlanAsync(ICatalog catalog, IEnumerable<string> policies)
    {
        foreach (string policy in policies)
        {
            await catalog.SetDueAsync(
                policy,
                First,
                [new JobState { EntryName = "hourly", HandledUntil = First - Interval }],
                CancellationToken.None);
        }
    }

    public async Task RunAllAsync()
    {
        while (await FindPoliciesAsync() is { Length: > 0 } policies)
        {
            if (await ClaimAsync(policies) is { } lease)
            {
                await RunAsync(lease);
            }
            else
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Claims what is due, records that it began, says so, and never ends.</summary>
    public async Task BeginAndHangAsync(string folder)
    {
        ScheduleLease lease = await ClaimAsync(await FindPoliciesAsync())
            ?? throw new InvalidOperationException("Nothing is due.");
        await BeginAsync(lease, await ReadJobAsync(lease));
        await File.WriteAllTextAsync(Path.Combine(folder, HoldingFile), lease.PolicyName);
        await Task.Delay(Timeout.Infinite);
    }

    private async Task<string[]> FindPoliciesAsync() =>
    [
        .. (await catalog.ListSchedulesAsync(CancellationToken.None))
            .Where(static state => state.NextDueAt is not null)
            .Select(static state => state.PolicyName),
    ];

    private Task<ScheduleLease?> ClaimAsync(string[] policies) => catalog.ClaimDueAsync(
        name, policies, First + (Interval * Occurrences), s_lease, CancellationToken.None);

    private async Task RunAsync(ScheduleLease lease)
    {
        JobState job = await ReadJobAsync(lease);
        RunRecord run = await BeginAsync(lease, job);
        await Task.Delay(5);
        DateTimeOffset handled = run.DueAt!.Value;
        DateTimeOffset? next = handled + Interval < First + (Interval * Occurrences) ? handled + Interval : null;
        bool isOurs = await catalog.SaveProgressAsync(
            lease, next, [job with { HandledUntil = handled }], CancellationToken.None);
        await catalog.SaveRunAsync(
            run with { State = isOurs ? RunState.Completed : RunState.Stopped, EndedAt = TimeProvider.System.GetUtcNow() },
            CancellationToken.None);
        await catalog.ReleaseAsync(lease, CancellationToken.None);
    }

    private async Task<JobState> ReadJobAsync(ScheduleLease lease) =>
        (await catalog.ListSchedulesAsync(CancellationToken.None))
            .Single(state => state.PolicyName == lease.PolicyName).Jobs.Single();

    // The guidance of the run says until when the lease is believed.
    private async Task<RunRecord> BeginAsync(ScheduleLease lease, JobState job)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        RunRecord run = new()
        {
            RunId = RunRecord.NewId(now),
            PolicyName = lease.PolicyName,
            Job = JobKind.Backup,
            Kind = BackupKind.Hourly,
            HostName = name,
            Trigger = RunTrigger.Schedule,
            DueAt = job.HandledUntil + Interval,
            StartedAt = now,
            Guidance = lease.Until.ToString("O"),
        };
        await catalog.SaveRunAsync(run, CancellationToken.None);
        return run;
    }
}
