using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Jobs;

/// <summary>Opens registered repositories for jobs: who calls the engine knows where passwords come from.</summary>
public interface IRepositoryAccess
{
    /// <summary>Opens a repository; a second time it is open already.</summary>
    /// <param name="name">The registered name.</param>
    /// <param name="passwordReference">Where its password is found; null for where its registration says.</param>
    /// <param name="compressionLevel">The zstd level for new data; null for what its registration says.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>RepositoryNotFound</c>, <c>WrongPassword</c>, <c>SecretUnavailable</c>, or a
    /// failure of the store.</exception>
    Task<OpenRepository> OpenAsync(
        string name, string? passwordReference, int? compressionLevel, CancellationToken cancellationToken);
}
