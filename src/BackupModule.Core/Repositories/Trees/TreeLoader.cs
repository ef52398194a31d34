using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>Reads the blobs of trees, many with one request to the store. Members may be called from many threads at
/// once.</summary>
internal sealed class TreeLoader(Repository repository)
{
    private readonly PackPages _pages = new(repository);

    /// <summary>The JSON of a tree, proved by its hash. If it stands in several packs, each is tried.</summary>
    /// <exception cref="BackupException"><c>TreeDamaged</c>, <c>PackMissing</c>, <c>PackDamaged</c>, or a failure of the
    /// store.</exception>
    public async Task<byte[]> ReadAsync(ObjectId treeId, CancellationToken cancellationToken)
    {
        BlobKey key = new(BlobType.Tree, treeId);
        if (repository.Index.Blobs.TryFind(key, out BlobLocation location))
        {
            byte[] container = BufferPool.Shared.Rent((int)location.Entry.Length);
            try
            {
                int length = await _pages.ReadAsync(
                    location.PackId,
                    location.Entry.Offset,
                    container.AsMemory(0, (int)location.Entry.Length),
                    cancellationToken).ConfigureAwait(false);
                return repository.Codec.Open(location.Entry, container.AsSpan(0, length));
            }
            catch (Exception failure) when (failure is InvalidDataException or BackupException { IsTransient: false })
            {
                // The reader of blobs asks the store itself, tries every pack, and says what is wrong with them.
                _pages.Drop(location.PackId);
            }
            finally
            {
                BufferPool.Shared.Return(container);
            }
        }

        return await repository.Blobs.ReadAsync(key, cancellationToken).ConfigureAwait(false);
    }
}
