using System;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage;

/// <summary>What keeps a place in order, beside the objects themselves.</summary>
public interface IStoreUpkeep
{
    /// <summary>Removes what puts left behind that were cut off by a crash, and that no listing shows. A store whose puts
    /// leave nothing has nothing to do.</summary>
    /// <param name="before">Spares what was written after this: it may be a put that goes on.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);

    /// <summary>Removes a folder that <see cref="IObjectStore.PrepareAsync"/> made, and folders above it, as far as they are
    /// empty. A store without folders has nothing to do.</summary>
    Task RemoveFolderAsync(string folder, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What the place does with our objects on its own account; null for a store that does nothing of the kind.
    /// </summary>
    Task<StoreRules?> ReadRulesAsync(CancellationToken cancellationToken) => Task.FromResult<StoreRules?>(null);
}
