using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs.Records;
using BackupModule.Outputs;

namespace BackupModule.Commands.Catalog;

/// <summary>Brings back into the catalog what repositories know and it does not: policies, runs, alerts, notifications, other
/// repositories. What the catalog has stays as it is.</summary>
[Cmdlet(VerbsData.Update, "BackupCatalog", SupportsShouldProcess = true)]
[OutputType(typeof(CatalogUpdateInfo))]
public sealed class UpdateBackupCatalogCommand : RepositoryAccessCommand
{
    /// <summary>Registered repositories, with wildcards; all if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Repository")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The machine whose settings are taken, where the repository has those of several.</summary>
    [Parameter]
    public string? HostName { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> found = await FindMatchingAsync(RepositoryName, cancellationToken)
            .ConfigureAwait(false);
        if (found.Count == 0)
        {
            throw new BackupException(
                BackupErrorKind.RepositoryNotFound,
                "No repository is registered, so there is nothing to read.",
                "Attach one with Register-BackupRepository; it brings back the others.");
        }

        foreach (RegisteredRepository registered in found)
        {
            if (!await Pipeline.ConfirmAsync(registered.Name, "Bring back what the repository knows").ConfigureAwait(false))
            {
                continue;
            }

            try
            {
                OpenRepository open = new(
                    registered, await OpenAsync(registered, cancellationToken).ConfigureAwait(false));
                CatalogRebuild result = await new CatalogRebuilder(Catalog, Pipeline)
                    .RunAsync(open, HostName, cancellationToken).ConfigureAwait(false);
                await Pipeline.WriteAsync(CatalogUpdateInfo.From(result)).ConfigureAwait(false);
            }
            catch (BackupException failure) when (found.Count > 1 && failure.Kind != BackupErrorKind.CatalogUnavailable)
            {
                Pipeline.OnItemFailed(failure);
            }
        }
    }
}
