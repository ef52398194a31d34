using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Takes packs out of the index. New index files are stored before the old ones are deleted, so at every moment some
/// index file names each pack that stays.
/// </summary>
internal sealed class IndexRewriter(Repository repository)
{
    /// <summary>Rewrites the index files that name one of the packs. The packs are still in the store.</summary>
    public async Task RemoveAsync(IReadOnlySet<ObjectId> packs, CancellationToken cancellationToken)
    {
        List<ObjectId> replaced = [];
        Dictionary<ObjectId, IndexedPack> staying = [];
        await foreach ((ObjectId id, _) in repository.Files.ListAsync(FileKind.Index, cancellationToken)
            .ConfigureAwait(false))
        {
            IReadOnlyList<IndexedPack> named = await repository.Index.ReadFileAsync(id, cancellationToken)
                .ConfigureAwait(false);
            if (named.Any(pack => packs.Contains(pack.Id)))
            {
                replaced.Add(id);
                foreach (IndexedPack pack in named.Where(pack => !packs.Contains(pack.Id)))
                {
                    staying.TryAdd(pack.Id, pack);
                }
            }
        }

        await SaveAsync(staying.Values, cancellationToken).ConfigureAwait(false);
        await DeleteAsync(replaced, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Replaces the whole index.</summary>
    public async Task ReplaceAsync(IEnumerable<IndexedPack> packs, CancellationToken cancellationToken)
    {
        List<ObjectId> replaced = [];
        await foreach ((ObjectId id, _) in repository.Files.ListAsync(FileKind.Index, cancellationToken)
            .ConfigureAwait(false))
        {
            replaced.Add(id);
        }

        await SaveAsync(packs, cancellationToken).ConfigureAwait(false);
        await DeleteAsync(replaced, cancellationToken).ConfigureAwait(false);
    }

    private async Task SaveAsync(IEnumerable<IndexedPack> packs, CancellationToken cancellationToken)
    {
        List<IndexedPack> batch = [];
        int blobs = 0;
        foreach (IndexedPack pack in packs)
        {
            batch.Add(pack);
            blobs += pack.Entries.Count;
            if (blobs >= RepositoryIndex.BlobsPerFile)
            {
                await repository.Index.SaveFileAsync(batch, cancellationToken).ConfigureAwait(false);
                batch = [];
                blobs = 0;
            }
        }

        if (batch.Count > 0)
        {
            await repository.Index.SaveFileAsync(batch, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DeleteAsync(List<ObjectId> files, CancellationToken cancellationToken)
    {
        foreach (ObjectId id in files)
        {
            await repository.Files.RemoveAsync(FileKind.Index, id, cancellationToken).ConfigureAwait(false);
        }
    }
}
