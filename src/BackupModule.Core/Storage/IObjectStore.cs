using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage;

/// <summary>
/// A flat place for write-once objects, named by relative keys such as <c>data/ab/abcd…</c> with <c>/</c> between parts.
/// </summary>
/// <remarks>
/// What every implementation guarantees, and <c>StoreConformance</c> checks:
/// <list type="bullet">
/// <item>Put is atomic and durable: an object is seen whole or not at all, also after a crash, and when the call returns
/// it survives a power cut. A failed put leaves nothing that a listing shows.</item>
/// <item>A read returns exactly the range asked for, or throws; never a short result.</item>
/// <item>Delete of what is not there succeeds.</item>
/// <item>A listing shows every object that was put before it started and not deleted since; unfinished puts and foreign
/// temporary files are not shown. Order is not defined. It is read in pages: memory does not grow with the number of
/// objects.</item>
/// <item>Of several creates of one key that run at once, at most one succeeds.</item>
/// <item>All members may be called from many threads at once.</item>
/// <item>Failures are <see cref="Diagnostics.BackupException"/>: <c>StorageObjectNotFound</c> for a read of what is not
/// there, <c>StorageFull</c>, <c>StorageReadOnly</c>, <c>AccessDenied</c>, <c>StorageUnsupported</c> for what this kind of
/// store cannot do, else <c>StorageFailure</c>; <c>IsTransient</c> tells whether trying again can help. A cancelled call
/// throws <see cref="OperationCanceledException"/>.</item>
/// </list>
/// What else a store may be able to do is found through <see cref="StoreFeatures"/>.
/// </remarks>
public interface IObjectStore
{
    /// <summary>Where the objects are, for people: a path or a URI without secrets.</summary>
    string Location { get; }

    /// <summary>Makes the place ready for objects below the given folders. Existing ones are no error.</summary>
    Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken);

    /// <summary>Stores an object under a new key; an object that is there already is replaced whole.</summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>As <see cref="PutAsync"/>, for packs of file contents: they go into the storage class that is set for them,
    /// which may be an archive. Everything else stays where it can be read at once.</summary>
    Task PutContentsAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(key, content, cancellationToken);

    /// <summary>Stores an object if there is none under the key.</summary>
    /// <returns>False if there is one; it is left as it is.</returns>
    /// <exception cref="Diagnostics.BackupException"><c>StorageUnsupported</c>: the store cannot tell in one step, and
    /// nothing was written.</exception>
    Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The object's size in bytes; null if there is no such object.</summary>
    Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken);

    /// <summary>Fills <paramref name="destination"/> from the object's bytes at <paramref name="offset"/>. Any memory will
    /// do; large ranges are read fastest into a <see cref="RangeBuffer"/>.</summary>
    /// <exception cref="Diagnostics.BackupException">The object is missing, or ends before the range does.</exception>
    Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Lists the objects whose key starts with <paramref name="prefix"/>, a folder that ends with <c>/</c>
    /// or is empty for all.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes the object, if it is there.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}
