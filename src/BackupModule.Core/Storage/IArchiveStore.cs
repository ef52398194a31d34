using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage;

/// <summary>
/// What a store can do besides, some of whose objects may lie in an archive: they are listed and their sizes are known, but
/// they must be thawed before they can be read.
/// </summary>
/// <remarks>All members may be called from many threads at once; failures are as those of <see cref="IObjectStore"/>.</remarks>
public interface IArchiveStore
{
    /// <summary>The storage class that packs of file contents are put into; null for the place's usual one.</summary>
    string? ContentsClass { get; }

    /// <summary>True where the times and prices of <see cref="ArchiveClass"/> hold: at Amazon.</summary>
    bool HasKnownTerms { get; }

    /// <summary>Tells whether an object can be read.</summary>
    /// <returns>Null if there is no such object.</returns>
    Task<ObjectAvailability?> GetAvailabilityAsync(string key, CancellationToken cancellationToken);

    /// <summary>Asks for a copy of an archived object that can be read. Nothing happens if one is being made, or there.
    /// </summary>
    /// <param name="key">The object.</param>
    /// <param name="speed">How soon.</param>
    /// <param name="days">For how many days the copy is kept, at least 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="Diagnostics.BackupException"><c>StorageUnsupported</c>: the object's class has no such speed, or the
    /// server cannot thaw.</exception>
    Task ThawAsync(string key, ThawSpeed speed, int days, CancellationToken cancellationToken);
}
