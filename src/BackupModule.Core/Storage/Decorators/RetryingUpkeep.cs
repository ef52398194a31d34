using System;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>The upkeep of a store, tried again as the store's own calls are.</summary>
/// <param name="inner">The upkeep.</param>
/// <param name="store">The store around it.</param>
internal sealed class RetryingUpkeep(IStoreUpkeep inner, RetryingStore store) : IStoreUpkeep
{
    /// <inheritdoc/>
    public Task<int> RemoveUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        store.RunAsync(token => inner.RemoveUnfinishedAsync(before, token), cancellationToken);

    /// <inheritdoc/>
    public Task RemoveFolderAsync(string folder, CancellationToken cancellationToken) =>
        store.RunAsync(token => inner.RemoveFolderAsync(folder, token), cancellationToken);

    /// <inheritdoc/>
    public Task<StoreRules?> ReadRulesAsync(CancellationToken cancellationToken) =>
        store.RunAsync(inner.ReadRulesAsync, cancellationToken);
}
