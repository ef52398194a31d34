using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Storage;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Rebuilds the index from the packs, saves what damaged packs still hold, and makes backups whole as far as
/// their content is there. Nothing damaged is thrown away. Or brings back what was deleted in a bucket that keeps versions.
/// </summary>
[Cmdlet(VerbsDiagnostic.Repair, "BackupRepository", SupportsShouldProcess = true, DefaultParameterSetName = ContentSet)]
[OutputType(typeof(RepairInfo), typeof(BackupJob), ParameterSetName = [ContentSet])]
[OutputType(typeof(UndeleteInfo), typeof(BackupJob), ParameterSetName = [UndeleteSet])]
public sealed class RepairBackupRepositoryCommand : LockingNamedRepositoryCommand
{
    private const string ContentSet = "Content";
    private const string UndeleteSet = "Undelete";

    /// <summary>Reads all packs in full to find the damaged ones; without it, sizes and headers are trusted.</summary>
    [Parameter(ParameterSetName = ContentSet)]
    public SwitchParameter ReadData { get; set; }

    /// <summary>Removes a backup that lost content once its repaired version is stored.</summary>
    [Parameter(ParameterSetName = ContentSet)]
    public SwitchParameter RemoveDamaged { get; set; }

    /// <summary>The registered name of a repository with copies of the same backups: what is lost is fetched from there.
    /// </summary>
    [Parameter(ParameterSetName = ContentSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? From { get; set; }

    /// <summary>Brings back files that somebody deleted or overwrote in a bucket that keeps versions.</summary>
    [Parameter(Mandatory = true, ParameterSetName = UndeleteSet)]
    public SwitchParameter Undelete { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Undelete)
        {
            await UndeleteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

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

    // The repository may open only after its config and keys are back.
    private async Task UndeleteAsync(CancellationToken cancellationToken)
    {
        RegisteredRepository registered = await FindRegisteredAsync(Name, cancellationToken).ConfigureAwait(false);
        IObjectStore store = await OpenStoreAsync(registered, cancellationToken).ConfigureAwait(false);
        switch (await Pipeline.AskAsync(registered.Name, "Bring back deleted files").ConfigureAwait(false))
        {
            case Consent.Given:
                await DoAsync(
                    async (output, token) =>
                    {
                        UndeleteResult result = await new Undeleter(store, Clock, output)
                            .RunAsync(inner => OpenAsync(registered, inner), LockWait, token).ConfigureAwait(false);
                        await output.WriteAsync(UndeleteInfo.From(result, registered.Name)).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                await Pipeline.WriteAsync(UndeleteInfo.From(
                    await new Undeleter(store, Clock, Pipeline)
                        .PlanAsync(inner => OpenAsync(registered, inner), cancellationToken).ConfigureAwait(false),
                    registered.Name)).ConfigureAwait(false);
                break;
        }
    }
}
