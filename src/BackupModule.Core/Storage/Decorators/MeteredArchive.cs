using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>The archive of a store whose requests are counted.</summary>
/// <param name="inner">The archive.</param>
/// <param name="meter">What it counts into.</param>
internal sealed class MeteredArchive(IArchiveStore inner, StoreMeter meter) : IArchiveStore
{
    /// <inheritdoc/>
    public string? ContentsClass => inner.ContentsClass;

    /// <inheritdoc/>
    public bool HasKnownTerms => inner.HasKnownTerms;

    /// <inheritdoc/>
    public Task<ObjectAvailability?> GetAvailabilityAsync(string key, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Head, 0);
        return inner.GetAvailabilityAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public Task ThawAsync(string key, ThawSpeed speed, int days, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Thaw, 0);
        return inner.ThawAsync(key, speed, days, cancellationToken);
    }
}
