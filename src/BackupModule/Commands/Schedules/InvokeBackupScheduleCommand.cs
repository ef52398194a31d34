using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs;
using BackupModule.Core.Jobs.Telling;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Scheduling;
using BackupModule.Outputs;

namespace BackupModule.Commands.Schedules;

/// <summary>Runs what the schedules ask for at the moment, looks whether anything is wrong, and tells of it: what cron and
/// its like call every minute. Any number of machines may do so with one catalog.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(RunRecordInfo), typeof(DueJobInfo))]
public sealed class InvokeBackupScheduleCommand : RepositoryAccessCommand
{
    /// <summary>Policies, with wildcards; all that run on this machine if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        List<EffectivePolicy> policies = await ResolveAllAsync(cancellationToken).ConfigureAwait(false);
        JobEngine engine = new(
            Catalog, new CommandRepositories(this, ownName: null), new PasswordReader(this, Pipeline).Resolver, Clock);
        RunTeller teller = engine.Teller(Pipeline);
        ScheduleRunner runner = engine.ScheduleRunner(teller, Pipeline);
        switch (await Pipeline.AskAsync(MachineIdentity.Current.HostName, "Run what the schedules ask for").ConfigureAwait(false))
        {
            case Consent.Given:
                await runner.RunDueAsync(policies, WriteAsync, cancellationToken).ConfigureAwait(false);
                await WatchAsync(policies, teller, cancellationToken).ConfigureAwait(false);
                await teller.SendDigestAsync(cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                foreach ((EffectivePolicy policy, DueJob job) in await runner.PlanAsync(policies, cancellationToken)
                    .ConfigureAwait(false))
                {
                    await Pipeline.WriteAsync(DueJobInfo.From(policy, job)).ConfigureAwait(false);
                }

                break;
        }
    }

    // A policy that cannot be resolved does not keep the others from being run.
    private async Task<List<EffectivePolicy>> ResolveAllAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> named = await PolicySearch.FindAsync(Catalog, PolicyName, cancellationToken)
            .ConfigureAwait(false);
        PolicyResolver resolver = new(await Catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false));
        List<EffectivePolicy> policies = [];
        foreach (BackupPolicy policy in named.Where(static policy => !policy.IsDefault))
        {
            try
            {
                policies.Add(resolver.Resolve(policy));
            }
            catch (BackupException failure)
            {
                Pipeline.OnItemFailed(failure);
            }
        }

        return policies;
    }

    private async Task WriteAsync(JobResult result)
    {
        if (result.Failure is BackupException failure)
        {
            Pipeline.OnItemFailed(failure);
        }

        await Pipeline.WriteAsync(RunRecordInfo.From(result.Run)).ConfigureAwait(false);
        if (result.Failure is not (null or BackupException or OperationCanceledException))
        {
            // A fault of the module; what is due besides is done by the next call.
            ExceptionDispatchInfo.Throw(result.Failure);
        }
    }

    private async Task WatchAsync(
        List<EffectivePolicy> policies, RunTeller teller, CancellationToken cancellationToken)
    {
        WatchEnvironment environment = new(MachineIdentity.Current.HostName, Clock, VolumeSpace.Read)
        {
            ReadStreams = static () => LogStreamStates.Of(BackupHome.Locate().Folder).Read(),
        };
        await new AlertPass(Catalog, environment).RunAsync(
            (alertEvent, token) => teller.TellAsync(
                policies.Find(policy => policy.Name.Equals(alertEvent.Alert.PolicyName, StringComparison.OrdinalIgnoreCase)),
                alertEvent,
                token),
            cancellationToken).ConfigureAwait(false);
    }
}
