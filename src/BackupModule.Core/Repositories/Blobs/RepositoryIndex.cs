using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>The repository's index files, loaded into one <see cref="BlobIndex"/>.</summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to release.")]
public sealed class RepositoryIndex
{
    /// <summary>From so many blobs on an index file is full: restic's limit, which keeps files below 8 MiB.</summary>
    public const int BlobsPerFile = 50_000;

    // An id is 32 bytes that nothing compresses, and the rest of a blob's entry hardly gets below these.
    private const int StoredBytesPerBlob = 49;

    // Each has megabytes in hand: the file as it is stored, opened, and decompressed.
    private static readonly int s_loadersAtOnce = Math.Clamp(Environment.ProcessorCount, 2, 4);

    private readonly Repository _repository;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly HashSet<ObjectId> _loadedFiles = [];
    private BlobIndex _blobs = new();

    internal RepositoryIndex(Repository repository) => _repository = repository;

    /// <summary>What is loaded so far.</summary>
    public BlobIndex Blobs => Volatile.Read(ref _blobs);

    /// <summary>
    /// Loads the index files that are not loaded yet; all of them again if one vanished, because what it named may have
    /// moved.
    /// </summary>
    /// <exception cref="BackupException"><c>IndexDamaged</c>, or a failure of the store.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            HashSet<ObjectId> present = [];
            List<StoredFile> listed = [];
            await foreach (StoredFile file in _repository.Files.ListAsync(FileKind.Index, cancellationToken)
                .ConfigureAwait(false))
            {
                if (present.Add(file.Id))
                {
                    listed.Add(file);
                }
            }

            // What is loaded stays in use until all is loaded anew.
            bool isAdding = _loadedFiles.IsSubsetOf(present);
            BlobIndex blobs = isAdding ? _blobs : new BlobIndex();
            List<StoredFile> missing = isAdding ? listed.FindAll(file => !_loadedFiles.Contains(file.Id)) : listed;
            await LoadFilesAsync(missing, blobs, cancellationToken).ConfigureAwait(false);
            if (!isAdding)
            {
                _loadedFiles.Clear();
                Volatile.Write(ref _blobs, blobs);
            }

            _loadedFiles.UnionWith(present);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>
    /// Fails if a loaded index file is not in the store any more: what it names may have moved. A file that is read from
    /// the store proves itself to be there; one that is read from a copy does not, and a late listing may still show it.
    /// </summary>
    /// <exception cref="BackupException"><c>StorageObjectNotFound</c>, or a failure of the store.</exception>
    internal async Task RequireLoadedAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            HashSet<ObjectId> gone = [.. _loadedFiles];
            await foreach (StoredFile file in _repository.Files.ListAsync(FileKind.Index, cancellationToken)
                .ConfigureAwait(false))
            {
                gone.Remove(file.Id);
            }

            if (gone.Count > 0)
            {
                throw new BackupException(
                    BackupErrorKind.StorageObjectNotFound,
                    $"{gone.Count} index files were removed from {_repository.Store.Location} since they were read.",
                    "Run the command again.")
                {
                    Subject = gone.First().ToString(),
                    IsTransient = true,
                };
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>
    /// Forgets everything, so that the next <see cref="LoadAsync"/> reads it again: packs are known that no index file
    /// names, and nobody may build upon them.
    /// </summary>
    internal async Task ForgetAsync()
    {
        await _loading.WaitAsync().ConfigureAwait(false);
        try
        {
            _loadedFiles.Clear();
            Volatile.Write(ref _blobs, new BlobIndex());
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Reads one index file.</summary>
    /// <exception cref="BackupException"><c>IndexDamaged</c>, or a failure of the store.</exception>
    public Task<IReadOnlyList<IndexedPack>> ReadFileAsync(ObjectId id, CancellationToken cancellationToken) =>
        _repository.Files.LoadAsync<IReadOnlyList<IndexedPack>>(
            FileKind.Index, id, size: null, static json => IndexFile.Decode(json), cancellationToken);

    /// <summary>Reads one index file without holding all that it says at once more.</summary>
    /// <param name="id">The file.</param>
    /// <param name="size">Its size in the store's listing; null to ask the store.</param>
    /// <param name="onPack">Gets the packs, if the whole file is valid. Their entries may not be kept.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>IndexDamaged</c>, or a failure of the store.</exception>
    internal Task ReadFileAsync(
        ObjectId id, long? size, Action<IndexedPack> onPack, CancellationToken cancellationToken) =>
        _repository.Files.LoadAsync(
            FileKind.Index,
            id,
            size,
            json =>
            {
                IndexFile.Read(json, onPack);
                return true;
            },
            cancellationToken);

    /// <summary>Writes an index file of packs that are in the store, and names them in <see cref="Blobs"/>.</summary>
    public async Task<ObjectId> SaveFileAsync(
        IReadOnlyCollection<IndexedPack> packs, CancellationToken cancellationToken)
    {
        using PooledWriter json = IndexFile.EncodePooled(packs);
        ObjectId id = await _repository.Files
            .SaveAsync(FileKind.Index, json.Written, cancellationToken).ConfigureAwait(false);
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A file that counts as loaded is not read again, so all that it says must be known.
            foreach (IndexedPack pack in packs)
            {
                _blobs.Add(pack);
            }

            _loadedFiles.Add(id);
        }
        finally
        {
            _loading.Release();
        }

        return id;
    }

    private async Task LoadFilesAsync(
        List<StoredFile> files, BlobIndex blobs, CancellationToken cancellationToken)
    {
        long expected = blobs.Count + (files.Sum(static file => file.Size) / StoredBytesPerBlob);
        blobs.Reserve((int)Math.Min(expected, int.MaxValue));
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = s_loadersAtOnce, CancellationToken = cancellationToken },
            async (file, token) => await ReadFileAsync(file.Id, file.Size, pack => blobs.Add(pack), token)
                .ConfigureAwait(false)).ConfigureAwait(false);
    }
}
