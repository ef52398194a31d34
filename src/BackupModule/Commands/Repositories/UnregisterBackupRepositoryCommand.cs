using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;

namespace BackupModule.Commands.Repositories;

/// <summary>Forgets registered repositories; the repositories themselves stay as they are.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UnregisterBackupRepositoryCommand : CatalogCommand
{
    /// <summary>Names or wildcard patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RepositoryName", "Repository")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (RegisteredRepository registered in await FindMatchingAsync(Name, cancellationToken)
            .ConfigureAwait(false))
        {
            if (await Pipeline.ConfirmAsync(registered.Name, "Forget the registered repository").ConfigureAwait(false))
            {
                await Catalog.RemoveRepositoryAsync(registered.Name, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
