using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that uses the catalog of registered repositories.</summary>
public abstract class CatalogCommand : AsyncCommand
{
    private ICatalog? _catalog;

    /// <summary>The catalog that the environment names at this moment.</summary>
    private protected ICatalog Catalog => _catalog ??= Catalogs.Open(BackupHome.Locate(), Clock);

    /// <summary>The registration of a name; where no name is given, the only one there is.</summary>
    /// <exception cref="BackupException"><c>RepositoryNotFound</c>, or <c>InvalidArgument</c> where a name is needed.
    /// </exception>
    private protected async Task<RegisteredRepository> FindRegisteredAsync(
        string? name, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(name)
            && await Catalog.FindRepositoryAsync(name, cancellationToken).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        IReadOnlyList<RegisteredRepository> all = await Catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        if (string.IsNullOrEmpty(name) && all.Count == 1)
        {
            return all[0];
        }

        string names = string.Join(", ", all.Select(static repository => repository.Name));
        if (string.IsNullOrEmpty(name) && all.Count > 1)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "Several repositories are registered, so one must be named.",
                $"Give one of these names: {names}.");
        }

        throw new BackupException(
            BackupErrorKind.RepositoryNotFound,
            string.IsNullOrEmpty(name)
                ? "No repository is registered."
                : $"No repository is registered under the name '{name}'.",
            all.Count > 0
                ? $"Registered are: {names}."
                : "Make one with New-BackupRepository, or attach one with Register-BackupRepository.")
        {
            Subject = name,
        };
    }

    /// <summary>Remembers what happened to a repository. A catalog that cannot be written is warned of: what was done
    /// is done.</summary>
    private protected async Task RecordAsync(
        RegisteredRepository registered, RepositoryFact fact, IBackupObserver observer)
    {
        try
        {
            await Catalog.RecordFactAsync(registered.RepositoryId, fact, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            observer.OnWarning($"Get-BackupRepository will not show this: {failure.Message}");
        }
    }

    /// <summary>Fails, before anything is done, where a name cannot be registered.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, <c>RepositoryExists</c>.</exception>
    private protected async Task RequireFreeNameAsync(string name, CancellationToken cancellationToken)
    {
        NameRule.Validate(name, "repository");
        if (await Catalog.FindRepositoryAsync(name, cancellationToken).ConfigureAwait(false) is { } taken)
        {
            throw new BackupException(
                BackupErrorKind.RepositoryExists,
                $"The name '{taken.Name}' is registered already, for {taken.Location}.",
                "Choose another name, or forget the other repository with Unregister-BackupRepository.")
            {
                Subject = taken.Name,
            };
        }
    }

    /// <summary>The registrations whose names match one of the wildcard patterns; all where there is no
    /// pattern.</summary>
    /// <param name="patterns">Names or wildcard patterns.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>RepositoryNotFound</c> for a name without wildcards that is not registered.
    /// </exception>
    private protected async Task<IReadOnlyList<RegisteredRepository>> FindMatchingAsync(
        IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> all = await Catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        if (patterns.Count == 0)
        {
            return all;
        }

        foreach (string name in patterns.Where(static name => !WildcardPattern.ContainsWildcardCharacters(name)))
        {
            await FindRegisteredAsync(name, cancellationToken).ConfigureAwait(false);
        }

        List<WildcardPattern> compiled =
            [.. patterns.Select(static pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase))];
        return [.. all.Where(repository => compiled.Exists(pattern => pattern.IsMatch(repository.Name)))];
    }

}
