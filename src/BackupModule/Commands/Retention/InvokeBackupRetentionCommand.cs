using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Retention;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Retention;

/// <summary>Removes the backups that rules do not keep, or those that a plan from the pipeline removes. Their data stays
/// until a prune, which <c>-Prune</c> does at once.</summary>
[Cmdlet(
    VerbsLifecycle.Invoke,
    "BackupRetention",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = RulesSet)]
[OutputType(typeof(RetentionInfo), typeof(RetentionDecisionInfo), typeof(BackupJob))]
public sealed class InvokeBackupRetentionCommand : RetentionRulesCommand
{
    private const string PlanSet = "Plan";

    private readonly Dictionary<RetentionPlan, (OpenRepository Open, HashSet<ObjectId> Removed)> _given =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>Decisions of <c>Get-BackupRetentionPlan</c>. Their plan is carried out; what it removes and what is not
    /// among them stays.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PlanSet)]
    [ValidateNotNull]
    public RetentionDecisionInfo? InputObject { get; set; }

    /// <summary>Prunes the repository afterwards, so that the space is free.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>Carries the plan out although the clock or the share of removed backups is suspicious.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How long to wait while somebody else holds a conflicting lock, e.g. <c>30s</c>, <c>5m</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan LockWait { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (InputObject is not { } decision)
        {
            OpenRepository open = await OpenJudgedAsync(cancellationToken).ConfigureAwait(false);
            await CarryOutAsync(
                open, await PlanAsync(open, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!_given.TryGetValue(decision.Plan, out (OpenRepository Open, HashSet<ObjectId> Removed) given))
        {
            _given[decision.Plan] = given = (await OpenAsync(cancellationToken).ConfigureAwait(false), []);
        }

        if (!decision.Keep)
        {
            given.Removed.Add(ObjectId.Parse(decision.BackupId));
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach ((RetentionPlan plan, (OpenRepository open, HashSet<ObjectId> removed)) in _given)
        {
            await CarryOutAsync(open, plan.Only(removed), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CarryOutAsync(OpenRepository open, RetentionPlan plan, CancellationToken cancellationToken)
    {
        string what = $"Remove {plan.Removed.Count()} of {plan.Decisions.Count} backups";
        switch (await Pipeline.AskAsync(open.Name, Prune ? $"{what}, and free their space" : what).ConfigureAwait(false))
        {
            case Consent.Given when await MayGoOnAsync(plan).ConfigureAwait(false):
                RetentionRunOptions options = new()
                {
                    IgnoreObjections = true,
                    Prune = Prune ? new PruneOptions { LockWait = LockWait } : null,
                    LockWait = LockWait,
                };
                await DoAsync(
                    async (output, token) =>
                    {
                        RetentionResult result = await new RetentionRunner(open.Repository, Clock, output)
                            .RunAsync(plan, options, token).ConfigureAwait(false);
                        await output.WriteAsync(RetentionInfo.From(result, open.Name)).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                foreach (RetentionObjection objection in plan.Objections)
                {
                    Pipeline.OnWarning($"{objection.Message} {objection.Guidance}");
                }

                foreach (RetentionDecision decision in plan.Decisions)
                {
                    await Pipeline.WriteAsync(RetentionDecisionInfo.From(decision, plan, open.Name)).ConfigureAwait(false);
                }

                break;
        }
    }

    // Where nobody can be asked, the objection is the error.
    private async Task<bool> MayGoOnAsync(RetentionPlan plan)
    {
        foreach (RetentionObjection objection in Force ? [] : plan.Objections)
        {
            bool? answer = await Pipeline.InvokeAsync(() => HostFacts.IsInteractive(Host)
                ? ShouldContinue($"{objection.Message} {objection.Guidance} Go on?", "Unusual retention")
                : (bool?)null).ConfigureAwait(false);
            if (answer != true)
            {
                return answer is null ? throw objection.ToException() : false;
            }
        }

        return true;
    }
}
