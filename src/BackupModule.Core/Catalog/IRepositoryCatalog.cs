using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;

namespace BackupModule.Core.Catalog;

/// <summary>The part of the catalog that holds the registered repositories. Names are unique, case aside.</summary>
public interface IRepositoryCatalog
{
    /// <summary>Registers a repository.</summary>
    /// <exception cref="BackupException"><c>RepositoryExists</c>: the name is taken, case aside;
    /// <c>InvalidArgument</c>: a member makes no sense or holds a secret.</exception>
    Task AddRepositoryAsync(RegisteredRepository repository, CancellationToken cancellationToken);

    /// <summary>The repository of the name, case aside; null if there is none.</summary>
    Task<RegisteredRepository?> FindRepositoryAsync(string name, CancellationToken cancellationToken);

    /// <summary>All repositories, by name.</summary>
    Task<IReadOnlyList<RegisteredRepository>> ListRepositoriesAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the registration of the name, which may change the name too; policies that name the repository
    /// then follow.</summary>
    /// <exception cref="BackupException"><c>RepositoryNotFound</c>; <c>RepositoryExists</c>: the new name is taken;
    /// <c>InvalidArgument</c>: a member makes no sense or holds a secret.</exception>
    Task UpdateRepositoryAsync(string name, RegisteredRepository repository, CancellationToken cancellationToken);

    /// <summary>Puts one repository's own id in the place of another's, in registrations and events: after a change of its
    /// master key. Runs keep the id that the repository had then.</summary>
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
