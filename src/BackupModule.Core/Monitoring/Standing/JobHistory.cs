using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Standing;

/// <summary>What became of the runs of one job of a policy.</summary>
public sealed record JobHistory
{
    /// <summary>The job.</summary>
    public required JobKind Job { get; init; }

    /// <summary>How many runs of the window are in each state; states without runs are left out.</summary>
    public required IReadOnlyDictionary<RunState, int> States { get; init; }

    /// <summary>The last run that ended; null if none is known.</summary>
    public required RunRecord? Last { get; init; }

    /// <summary>The last run that did its work; null if none is known.</summary>
    public required RunRecord? LastGood { get; init; }

    /// <summary>How many runs did their work in the window.</summary>
    public required int Good { get; init; }

    /// <summary>How many failed in the window, those whose process ended without a word among them.</summary>
    public required int Failed { get; init; }

    /// <summary>How many failed since the last that did its work.</summary>
    public required int FailedInARow { get; init; }

    /// <summary>The share that did their work, 0 to 1, of those that did it or failed; null where there were none.</summary>
    public double? SuccessRate => Good + Failed > 0 ? (double)Good / (Good + Failed) : null;

    /// <summary>The history of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="runs">The policy's runs, the newest first.</param>
    /// <param name="since">The start of the window.</param>
    public static JobHistory Of(JobKind job, IEnumerable<RunRecord> runs, DateTimeOffset since)
    {
        List<RunRecord> all = [.. runs.Where(run => run.Job == job)];
        List<RunRecord> recent = all.FindAll(run => run.StartedAt >= since);
        return new JobHistory
        {
            Job = job,
            States = recent.CountBy(static run => run.State).ToDictionary(),
            Last = all.Find(static run => run.State is not (RunState.Running or RunState.Skipped)),
            LastGood = all.Find(static run => run.IsGood()),
            Good = recent.Count(static run => run.IsGood()),
            Failed = recent.Count(static run => run.IsFailure()),
            FailedInARow = all.Where(static run => run.IsTelling()).TakeWhile(static run => run.IsFailure()).Count(),
        };
    }
}
