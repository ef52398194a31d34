using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage;

/// <summary>
/// What a store can do besides whose objects have versions and locks (S3's object lock). Reached through
/// <see cref="StoreFeatures.Retention"/>.
/// </summary>
/// <remarks>
/// Where there is a <see cref="Policy"/>, every put of a file of the repository is locked by it. Locks of the repository
/// (<c>locks/</c>) and records (<c>backupmodule/</c>) are not, because they must go. All members may be called from many
/// threads at once; failures are as those of <see cref="IObjectStore"/>, and <c>AccessDenied</c> where a lock or a missing
/// right forbids what was asked for.
/// </remarks>
public interface IRetentionStore
{
    /// <summary>The locks that puts get; null for none.</summary>
    RetentionPolicy? Policy { get; }

    /// <summary>Returns if objects here can be locked.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>StorageUnsupported</c>, with what to do.</exception>
    Task RequireSupportAsync(CancellationToken cancellationToken);

    /// <summary>The lock of an object's latest version; null if there is no object, or a marker hides it.</summary>
    Task<ObjectRetention?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Sets the lock of a version. Servers refuse to shorten one.</summary>
    Task SetAsync(
        string key, string? versionId, StoreLockMode mode, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Removes all versions of an object that may be removed. If one is locked, or may not be removed, the object
    /// is hidden from readers and listings instead.</summary>
    /// <returns>True if nothing is left of it.</returns>
    Task<bool> RemoveAsync(string key, CancellationToken cancellationToken);

    /// <summary>Lists the versions and markers of objects whose key starts with <paramref name="prefix"/>, those of a key
    /// together and the latest first.</summary>
    IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes a version or a marker for good.</summary>
    /// <param name="key">The object.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="bypassGovernance">True to use the right to bypass a lock in governance mode.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    Task DeleteVersionAsync(string key, string versionId, bool bypassGovernance, CancellationToken cancellationToken);

    /// <summary>Fills <paramref name="destination"/> from the start of a version.</summary>
    Task ReadVersionAsync(
        string key, string versionId, Memory<byte> destination, CancellationToken cancellationToken);
}
