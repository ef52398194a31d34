using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;

namespace BackupModule.Core.Catalog;

/// <summary>
/// What this machine, or a fleet that shares one catalog, knows about its repositories. Everything in it can be rebuilt;
/// no secret is ever in it.
/// </summary>
/// <remarks>
/// Every change is one transaction: done and durable when the call returns, or not done. Members may be called from many
/// threads and many processes at once, and hold nothing open between calls. Any member may fail with
/// <c>CatalogUnavailable</c>; where trying again can help, <see cref="BackupException.IsTransient"/> says so.
/// </remarks>
public interface ICatalog
{
    /// <summary>Where the catalog is, for people.</summary>
    string Location { get; }

    /// <summary>Registers a repository.</summary>
    /// <exception cref="BackupException"><c>RepositoryExists</c>: the name is taken, case aside;
    /// <c>InvalidArgument</c>: a member makes no sense or holds a secret.</exception>
    Task AddRepositoryAsync(RegisteredRepository repository, CancellationToken cancellationToken);

    /// <summary>The repository of the name, case aside; null if there is none.</summary>
    Task<RegisteredRepository?> FindRepositoryAsync(string name, CancellationToken cancellationToken);

    /// <summary>All repositories, by name.</summary>
    Task<IReadOnlyList<RegisteredRepository>> ListRepositoriesAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the registration of the name, which may change the name too.</summary>
    /// <exception cref="BackupException"><c>RepositoryNotFound</c>; <c>RepositoryExists</c>: the new name is taken;
    /// <c>InvalidArgument</c>: a member makes no sense or holds a secret.</exception>
    Task UpdateRepositoryAsync(string name, RegisteredRepository repository, CancellationToken cancellationToken);

    /// <summary>Puts one repository's own id in the place of another's wherever it stands: after a change of its master
    /// key.</summary>
    Task ReplaceRepositoryIdAsync(string oldId, string newId, CancellationToken cancellationToken);

    /// <summary>Forgets the repository of the name; the repository itself stays as it is.</summary>
    /// <exception cref="BackupException"><c>RepositoryNotFound</c>.</exception>
    Task RemoveRepositoryAsync(string name, CancellationToken cancellationToken);

    /// <summary>Remembers what happened to a repository, in place of the last event of the kind.</summary>
    /// <param name="repositoryId">The repository's own id.</param>
    /// <param name="fact">What happened.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    Task RecordFactAsync(string repositoryId, RepositoryFact fact, CancellationToken cancellationToken);

    /// <summary>The last event of each kind, by the repositories' own ids.</summary>
    Task<ILookup<string, RepositoryFact>> ListFactsAsync(CancellationToken cancellationToken);
}
