using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>The archive of a store, tried again as the store's own calls are.</summary>
/// <param name="inner">The archive.</param>
/// <param name="store">The store around it.</param>
internal sealed class RetryingArchive(IArchiveStore inner, RetryingStore store) : IArchiveStore
{
    /// <inheritdoc/>
    public string? ContentsClass => inner.ContentsClass;

    /// <inheritdoc/>
    public bool HasKnownTerms => inner.HasKnownTerms;

    /// <inheritdoc/>
    public Task<ObjectAvailability?> GetAvailabilityAsync(string key, CancellationToken cancellationToken) =>
        store.RunAsync(token => inner.GetAvailabilityAsync(key, token), cancellationToken);

    /// <inheritdoc/>
    public Task ThawAsync(string key, ThawSpeed speed, int days, CancellationToken cancellationToken) =>
        store.RunAsync(token => inner.ThawAsync(key, speed, days, token), cancellationToken);
}
