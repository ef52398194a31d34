using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs.Records;
using BackupModule.Core.Jobs.Telling;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Jobs;

/// <summary>Runs one job of a policy and records it: in the catalog as it begins and as it ends, and in the repository that it
/// worked in.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="repositories">Opens the policy's repositories.</param>
/// <param name="source">The file system that is backed up.</param>
/// <param name="secrets">Finds the passwords of databases.</param>
/// <param name="teller">Tells people of it.</param>
/// <param name="time">The clock.</param>
public sealed class JobRunner(
    ICatalog catalog,
    IRepositoryAccess repositories,
    ISourceFileSystem source,
    SecretResolver secrets,
    RunTeller teller,
    TimeProvider time)
{
    private const string UnexpectedFailure = "UnexpectedFailure";

    /// <summary>Runs a job. The caller holds the policy's lease.</summary>
    /// <returns>How it ended; failures of the job are in the result, not thrown.</returns>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>: the run could not be recorded, and was not begun.
    /// </exception>
    public async Task<JobResult> RunAsync(
        JobRequest request, IBackupObserver observer, CancellationToken cancellationToken)
    {
        await EndDeadRunsAsync(request.Policy.Name, cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetLocalNow();
        RunRecord run = new()
        {
            RunId = RunRecord.NewId(now),
            PolicyName = request.Policy.Name,
            Job = request.Entry.Job,
            Kind = request.Entry.Kind,
            ScheduleEntry = request.Entry.Name.Length > 0 ? request.Entry.Name : null,
            HostName = MachineIdentity.Current.HostName,
            Trigger = request.Trigger,
            DueAt = request.DueAt,
            StartedAt = now,
            State = RunState.Running,
            ProgramVersion = BackupRunner.ProgramVersion,
        };
        await catalog.SaveRunAsync(run, cancellationToken).ConfigureAwait(false);
        await teller.TellStartAsync(request.Policy, run, cancellationToken).ConfigureAwait(false);
        RunJournal journal = new(observer);
        JobContext context = new(request, run.RunId, catalog, repositories, journal, time);
        (JobOutcome? outcome, Exception? failure) = await DoAsync(context, cancellationToken).ConfigureAwait(false);
        run = End(run, context, outcome, failure, cancellationToken);

        // It ended, whether or not anybody can be told.
        await catalog.SaveRunAsync(run, CancellationToken.None).ConfigureAwait(false);
        run = run with
        {
            Deliveries = await teller.TellEndAsync(request.Policy, run, CancellationToken.None).ConfigureAwait(false),
        };
        await new RunArchive(catalog, observer).SaveAsync(run, context.First).ConfigureAwait(false);
        if (context.First is { } repository)
        {
            await new CatalogArchive(catalog, time, observer).SaveAsync(repository.Repository).ConfigureAwait(false);
        }

        return new JobResult(run, outcome?.Result, failure);
    }

    // Whoever holds the policy's lease knows that nobody else runs it: what is still recorded as running was killed.
    private async Task EndDeadRunsAsync(string policyName, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> dead = await catalog.ListRunsAsync(
            new RunQuery { PolicyName = policyName, State = RunState.Running }, cancellationToken).ConfigureAwait(false);
        foreach (RunRecord run in dead)
        {
            RestoreTestJob.RemoveLeftOver(run.RunId);
            await catalog.SaveRunAsync(
                run with
                {
                    State = RunState.Stopped,
                    EndedAt = time.GetLocalNow(),
                    Message = "Its process ended without a word; when is not known.",
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(JobOutcome?, Exception?)> DoAsync(JobContext context, CancellationToken cancellationToken)
    {
        try
        {
            return (await Choose(context.Entry.Job).RunAsync(context, cancellationToken).ConfigureAwait(false), null);
        }
        catch (JobFailedException failure)
        {
            return (failure.Outcome, failure.Failure);
        }
        catch (Exception failure)
        {
            // A run that nobody records would look as if it went on for ever.
            return (null, failure);
        }
    }

    private IJob Choose(JobKind job) => job switch
    {
        JobKind.Copy => new CopyJob(),
        JobKind.Retention => new RetentionJob(),
        JobKind.Verification => new VerificationJob(),
        JobKind.RestoreTest => new RestoreTestJob(),
        JobKind.Report => new ReportJob(teller),
        _ => new BackupJob(source, secrets),
    };

    private RunRecord End(
        RunRecord run, JobContext context, JobOutcome? outcome, Exception? failure, CancellationToken cancellationToken)
    {
        BackupException? known = failure as BackupException;
        bool isStopped = failure is OperationCanceledException && cancellationToken.IsCancellationRequested;
        OpenRepository? repository = outcome?.Repository ?? context.First;
        return run with
        {
            EndedAt = time.GetLocalNow(),
            RepositoryName = repository?.Name,
            RepositoryId = repository?.Registered.RepositoryId,
            BackupId = outcome?.BackupId,
            State = isStopped ? RunState.Stopped
                : failure is not null ? RunState.Failed
                : outcome!.IsComplete && context.Journal.IsClean ? RunState.Completed
                : RunState.CompletedWithWarnings,
            ErrorId = isStopped || failure is null ? null : known?.Kind.ToString() ?? UnexpectedFailure,
            Message = isStopped ? "It was stopped." : failure?.Message ?? outcome?.Message,
            Guidance = known?.Guidance,
            Warnings = context.Journal.Lines,
            Figures = outcome?.Figures ?? new RunFigures { Failures = context.Journal.Failures },
            Phases = context.Phases,
        };
    }
}
