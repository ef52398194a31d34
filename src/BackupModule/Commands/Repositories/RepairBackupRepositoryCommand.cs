using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Maintenance;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Rebuilds the index from the packs, saves what damaged packs still hold, and makes backups whole as far as
/// their content is there. Nothing damaged is thrown away.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(RepairInfo), typeof(BackupJob))]
public sealed class RepairBackupRepositoryCommand : LockingNamedRepositoryCommand
{
    /// <summary>Reads all packs in full to find the damaged ones; without it, sizes and headers are trusted.</summary>
    [Parameter]
    public SwitchParameter ReadData { get; set; }

    /// <summary>Removes a backup that lost content once its repaired version is stored.</summary>
    [Parameter]
    public SwitchParameter RemoveDamaged { get; set; }

    /// <summary>The registered name of a repository with copies of the same backups: what is lost is fetched from there.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? From { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        OpenRepository? other = From is null
            ? null
            : await OpenOtherAsync(From, cancellationToken).ConfigureAwait(false);
        RepairOptions options = new() { ReadData = ReadData, RemoveDamaged = RemoveDamaged, LockWait = LockWait };
        switch (await Pipeline.AskAsync(open.Name, "Repair index, packs and backups").ConfigureAwait(false))
        {
            case Consent.Given:
                await DoAsync(
                    async (output, token) =>
                    {
                        RepairResult result = await new RepairRunner(open.Repository, Clock, output)
                            .RunAsync(options, other?.Repository, token).ConfigureAwait(false);
                        await output.WriteAsync(RepairInfo.From(result, open.Name)).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                RepairPlan plan = await new RepairRunner(open.Repository, Clock, Pipeline)
                    .PlanAsync(options, cancellationToken).ConfigureAwait(false);
                await Pipeline.WriteAsync(RepairInfo.From(plan, open.Name)).ConfigureAwait(false);
                break;
        }
    }
}
