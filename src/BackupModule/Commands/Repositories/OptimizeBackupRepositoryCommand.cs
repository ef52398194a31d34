using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Maintenance;
using BackupModule.Jobs;
using BackupModule.Outputs;
using BackupModule.Views;

namespace BackupModule.Commands.Repositories;

/// <summary>Prunes a repository: removes what no backup uses. No backup loses anything, so nobody is asked.</summary>
[Cmdlet(VerbsCommon.Optimize, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(OptimizeInfo), typeof(BackupJob))]
public sealed class OptimizeBackupRepositoryCommand : LockingNamedRepositoryCommand
{
    /// <summary>How many percent of the remaining packs may stay unused; 0 rewrites every pack with waste.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double MaxUnusedPercent { get; set; } = 5;

    /// <summary>The most bytes of packs to rewrite in this run, e.g. <c>10GB</c>.</summary>
    [Parameter]
    [SizeTransformation]
    public long? MaxRepackSize { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        PruneOptions options = new()
        {
            MaxUnusedPercent = MaxUnusedPercent,
            MaxRepackBytes = MaxRepackSize,
            LockWait = LockWait,
        };
        switch (await Pipeline.AskAsync(open.Name, "Remove what no backup uses").ConfigureAwait(false))
        {
            case Consent.Given:
                await DoAsync(
                    async (output, token) =>
                    {
                        PruneResult result = await new PruneRunner(open.Repository, Clock, output)
                            .RunAsync(options, token).ConfigureAwait(false);
                        await output.WriteAsync(Describe(open, result.Plan, result.Duration)).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                PrunePlan plan = await new PruneRunner(open.Repository, Clock, Pipeline)
                    .PlanAsync(options, cancellationToken).ConfigureAwait(false);
                await Pipeline.WriteAsync(Describe(open, plan, TimeSpan.Zero)).ConfigureAwait(false);
                break;
        }
    }

    private static object Describe(OpenRepository open, PrunePlan plan, TimeSpan duration) => LockedView.Of(
        OptimizeInfo.From(plan, duration, open.Name), open.Repository.Retention is not null);
}
