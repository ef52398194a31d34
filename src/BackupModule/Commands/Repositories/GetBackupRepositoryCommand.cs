using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Lists registered repositories. Needs no password: only the catalog is read.</summary>
[Cmdlet(VerbsCommon.Get, "BackupRepository")]
[OutputType(typeof(BackupRepositoryInfo))]
public sealed class GetBackupRepositoryCommand : CatalogCommand
{
    /// <summary>Names or wildcard patterns; all if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RepositoryName", "Repository")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> all = await Catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        ReplicaView view = new(
            all, await Catalog.ListFactsAsync(cancellationToken).ConfigureAwait(false), Clock.GetLocalNow());
        foreach (RegisteredRepository registered in await FindMatchingAsync(Name, cancellationToken)
            .ConfigureAwait(false))
        {
            await Pipeline.WriteAsync(view.Describe(registered)).ConfigureAwait(false);
        }
    }
}
