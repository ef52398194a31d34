using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories;

namespace BackupModule.Cmdlets;

/// <summary>A repository with the name it is registered under.</summary>
/// <param name="Registered">What the catalog says of it.</param>
/// <param name="Repository">The repository itself.</param>
internal sealed record OpenRepository(RegisteredRepository Registered, Repository Repository)
{
    /// <summary>The registered name.</summary>
    public string Name => Registered.Name;
}
