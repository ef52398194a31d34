using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that works in one registered repository.</summary>
public abstract class RepositoryCommand : RepositoryAccessCommand
{
    /// <summary>The repository's registered name; may be left out where just one is registered.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Repository")]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? RepositoryName { get; set; }

    /// <summary>Opens the repository that <see cref="RepositoryName"/> names.</summary>
    private protected async Task<OpenRepository> OpenAsync(CancellationToken cancellationToken)
    {
        RegisteredRepository registered = await FindRegisteredAsync(RepositoryName, cancellationToken)
            .ConfigureAwait(false);
        Repository repository = await OpenAsync(registered, cancellationToken).ConfigureAwait(false);
        return new OpenRepository(registered, repository);
    }
}
