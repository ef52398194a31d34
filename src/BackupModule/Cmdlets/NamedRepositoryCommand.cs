using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet whose noun is the repository: its name is <c>-Name</c>.</summary>
public abstract class NamedRepositoryCommand : RepositoryAccessCommand
{
    /// <summary>The repository's registered name; may be left out where just one is registered.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RepositoryName", "Repository")]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? Name { get; set; }

    /// <summary>Opens the repository that <see cref="Name"/> names.</summary>
    private protected async Task<OpenRepository> OpenAsync(CancellationToken cancellationToken)
    {
        RegisteredRepository registered = await FindRegisteredAsync(Name, cancellationToken).ConfigureAwait(false);
        Repository repository = await OpenAsync(registered, cancellationToken).ConfigureAwait(false);
        return new OpenRepository(registered, repository);
    }
}
