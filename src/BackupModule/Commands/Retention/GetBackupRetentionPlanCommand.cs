using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Retention;

/// <summary>Shows for each backup whether it would stay, and why; or what would be freed; or which files would be lost for
/// good. Changes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "BackupRetentionPlan", DefaultParameterSetName = RulesSet)]
[OutputType(
    typeof(RetentionDecisionInfo), typeof(RetentionImpactInfo), typeof(LostFileInfo), typeof(BackupJob))]
public sealed class GetBackupRetentionPlanCommand : RetentionRulesCommand
{
    /// <summary>Writes what the plan would free and lose, instead of its decisions. Reads directories of all backups.
    /// </summary>
    [Parameter]
    public SwitchParameter Measure { get; set; }

    /// <summary>Writes the files that are in no backup that stays, instead of the decisions. Reads directories of all
    /// backups.</summary>
    [Parameter]
    public SwitchParameter LostFile { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Measure && LostFile)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "-Measure and -LostFile write different things.",
                "Give one of them; -Measure counts the lost files, too.");
        }

        OpenRepository open = await OpenJudgedAsync(cancellationToken).ConfigureAwait(false);
        RetentionPlan plan = await PlanAsync(open, cancellationToken).ConfigureAwait(false);
        foreach (RetentionObjection objection in plan.Objections)
        {
            Pipeline.OnWarning($"{objection.Message} {objection.Guidance}");
        }

        await DoAsync((output, token) => WriteAsync(open, plan, output, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(
        OpenRepository open, RetentionPlan plan, IWorkOutput output, CancellationToken cancellationToken)
    {
        RetentionMeasurer measurer = new(open.Repository, Clock, output);
        if (Measure)
        {
            RetentionImpact impact = await measurer.MeasureAsync(plan, cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(RetentionImpactInfo.From(plan, impact, open.Name)).ConfigureAwait(false);
        }
        else if (LostFile)
        {
            await foreach (LostFile lost in measurer.FindLostAsync(plan, cancellationToken).ConfigureAwait(false))
            {
                await output.WriteAsync(LostFileInfo.From(lost, open.Name)).ConfigureAwait(false);
            }
        }
        else
        {
            foreach (RetentionDecision decision in plan.Decisions)
            {
                await output.WriteAsync(RetentionDecisionInfo.From(decision, plan, open.Name)).ConfigureAwait(false);
            }
        }
    }
}
