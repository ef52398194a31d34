using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Jobs;
using BackupModule.Core.Policies;

namespace BackupModule.Cmdlets;

/// <summary>Opens repositories for the jobs that a cmdlet runs.</summary>
/// <param name="command">The cmdlet.</param>
/// <param name="ownName">The repository that the cmdlet's <c>-Password</c> is for.</param>
internal sealed class CommandRepositories(RepositoryAccessCommand command, string? ownName) : IRepositoryAccess
{
    /// <inheritdoc/>
    public Task<OpenRepository> OpenAsync(
        string name, string? passwordReference, int? compressionLevel, CancellationToken cancellationToken) =>
        command.OpenForJobAsync(name, name == ownName, passwordReference, compressionLevel, cancellationToken);

    /// <summary>Opens a policy's own repository as its jobs will.</summary>
    public Task<OpenRepository> OpenAsync(EffectivePolicy policy, CancellationToken cancellationToken) => OpenAsync(
        policy.RequireRepository(), policy.Merged.PasswordReference, policy.Merged.CompressionLevel, cancellationToken);
}
