using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Verification;

namespace BackupModule.Core.Jobs;

/// <summary>Checks a repository. With a share of packs to read, each check reads the next part, until all were read and it
/// begins anew.</summary>
internal sealed class VerificationJob : IJob
{
    private const int MaxParts = 256;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        OpenRepository open = await context.OpenAsync(context.Entry.RepositoryName, cancellationToken).ConfigureAwait(false);
        CheckOptions options = await PlanAsync(context, open, cancellationToken).ConfigureAwait(false);
        CheckResult result = await context.MeasureAsync("check", () => new RepositoryChecker(
                open.Repository, context.Time, context.Journal)
            .RunAsync(options, cancellationToken)).ConfigureAwait(false);
        await context.RecordFactAsync(
            open,
            new RepositoryFact
            {
                Kind = RepositoryFactKind.Verified, At = context.Time.GetLocalNow(), Passed = result.Passed,
            }).ConfigureAwait(false);
        JobOutcome outcome = new()
        {
            Repository = open,
            Result = result,
            Message = options.ReadData ? $"Read part {options.Part} of {options.Parts} of the packs." : null,
            Figures = new RunFigures
            {
                Files = result.PacksRead,
                SourceBytes = result.BytesRead,
                Backups = result.Snapshots,
                Failures = result.Findings.Count(static finding => finding.IsError),
            },
        };
        return result.Passed ? outcome : throw new JobFailedException(outcome, Describe(open, result));
    }

    private static BackupException Describe(OpenRepository open, CheckResult result) => new(
        BackupErrorKind.VerificationFailed,
        $"The check of '{open.Name}' found {result.Findings.Count(static finding => finding.IsError)} errors; "
            + $"{result.AffectedSnapshots.Count} of {result.Snapshots} backups cannot be restored whole. "
            + $"The first: {result.Findings.First(static finding => finding.IsError).Message}",
        $"See all with Test-BackupRepository {open.Name}; heal with Repair-BackupRepository {open.Name}, from a copy with -From.")
    {
        Subject = open.Name,
    };

    // A check that found damage has read its part, too.
    private static bool HasRead(RunRecord run) => run.State is RunState.Completed or RunState.CompletedWithWarnings
        || run.ErrorId == nameof(BackupErrorKind.VerificationFailed);

    // Which part comes next is told by how many checks were made: each takes one further.
    private static async Task<CheckOptions> PlanAsync(
        JobContext context, OpenRepository open, CancellationToken cancellationToken)
    {
        double share = context.Entry.ReadDataShare;
        if (share <= 0)
        {
            return new CheckOptions { LockWait = context.LockWait };
        }

        int parts = Math.Clamp((int)Math.Round(1 / share), 1, MaxParts);
        IReadOnlyList<RunRecord> before = await context.Catalog.ListRunsAsync(
            new RunQuery { PolicyName = context.Policy.Name, Job = JobKind.Verification }, cancellationToken)
            .ConfigureAwait(false);
        int done = before.Count(run => run.RepositoryId == open.Registered.RepositoryId && HasRead(run));
        return new CheckOptions
        {
            ReadData = true, Part = (done % parts) + 1, Parts = parts, LockWait = context.LockWait,
        };
    }
}
