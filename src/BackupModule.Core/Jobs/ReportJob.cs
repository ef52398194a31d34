using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Jobs.Telling;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs;

/// <summary>Puts a policy's runs since its last report into the digest that is sent when everything due has been done: policies
/// whose reports are due together are told in one message.</summary>
internal sealed class ReportJob(RunTeller teller) : IJob
{
    private static readonly TimeSpan s_first = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> reports = await context.Catalog.ListRunsAsync(
            new RunQuery { PolicyName = context.Policy.Name, Job = JobKind.Report, State = RunState.Completed, Limit = 1 },
            cancellationToken).ConfigureAwait(false);
        DateTimeOffset since = reports.Count > 0 ? reports[0].StartedAt : context.Time.GetLocalNow() - s_first;
        IReadOnlyList<RunRecord> runs = await context.Catalog.ListRunsAsync(
            new RunQuery { PolicyName = context.Policy.Name, Since = since }, cancellationToken).ConfigureAwait(false);
        RunRecord[] ended = [.. runs.Where(static run => run.Job != JobKind.Report && run.EndedAt is not null)];
        teller.Gather(context.Policy, ended, since);
        return new JobOutcome { Figures = new RunFigures { Backups = ended.Length } };
    }
}
