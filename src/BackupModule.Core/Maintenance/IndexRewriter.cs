using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Protection;

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
        HashSet<ObjectId> staying = [];
        Batch batch = new(repository);
        foreach (ObjectId id in await ListAsync(cancellationToken).ConfigureAwait(false))
        {
            IReadOnlyList<IndexedPack> named = await repository.Index.ReadFileAsync(id, cancellationToken)
                .ConfigureAwait(false);
            if (named.Any(pack => packs.Contains(pack.Id)))
            {
                replaced.Add(id);
                foreach (IndexedPack pack in named.Where(pack => !packs.Contains(pack.Id) && staying.Add(pack.Id)))
                {
                    await batch.AddAsync(pack, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        await batch.SaveAsync(cancellationToken).ConfigureAwait(false);
        await DeleteAsync(replaced, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Replaces the whole index.</summary>
    public async Task ReplaceAsync(IEnumerable<IndexedPack> packs, CancellationToken cancellationToken)
    {
        List<ObjectId> replaced = await ListAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = new(repository);
        foreach (IndexedPack pack in packs)
        {
            await batch.AddAsync(pack, cancellationToken).ConfigureAwait(false);
        }

        await batch.SaveAsync(cancellationToken).ConfigureAwait(false);
        await DeleteAsync(replaced, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<ObjectId>> ListAsync(CancellationToken cancellationToken)
    {
        List<ObjectId> files = [];
        await foreach ((ObjectId id, _) in repository.Files.ListAsync(FileKind.Index, cancellationToken)
            .ConfigureAwait(false))
        {
            files.Add(id);
        }

        return files;
    }

    private async Task DeleteAsync(List<ObjectId> files, CancellationToken cancellationToken)
    {
        foreach (ObjectId id in files)
        {
            await repository.Files.RemoveAsync(FileKind.Index, id, cancellationToken).ConfigureAwait(false);
        }

        await ProtectionLedger.RecordHiddenAsync(repository, cancellationToken).ConfigureAwait(false);
    }

    private sealed class Batch(Repository repository)
    {
        private readonly List<IndexedPack> _packs = [];
        private int _blobs;

        public async Task AddAsync(IndexedPack pack, CancellationToken cancellationToken)
        {
            _packs.Add(pack);
            _blobs += pack.Entries.Count;
            if (_blobs >= RepositoryIndex.BlobsPerFile)
            {
                await SaveAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        public async Task SaveAsync(CancellationToken cancellationToken)
        {
            if (_packs.Count > 0)
            {
                await repository.Index.SaveFileAsync(_packs, cancellationToken).ConfigureAwait(false);
                _packs.Clear();
                _blobs = 0;
            }
        }
    }
}
