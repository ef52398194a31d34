using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;

namespace BackupModule.Core.Catalog;

/// <summary>A repository with the name it is registered under.</summary>
/// <param name="Registered">What the catalog says of it.</param>
/// <param name="Repository">The repository itself.</param>
public sealed record OpenRepository(RegisteredRepository Registered, Repository Repository)
{
    /// <summary>The registered name.</summary>
    public string Name => Registered.Name;

    /// <summary>What is known of locks; null where nothing is locked.</summary>
    public async Task<ProtectionLedger?> ReadLedgerAsync(
        IBackupObserver observer, CancellationToken cancellationToken) => Repository.Retention is null
            ? null
            : await ProtectionLedger.LoadAsync(Repository, observer, cancellationToken).ConfigureAwait(false);
}
