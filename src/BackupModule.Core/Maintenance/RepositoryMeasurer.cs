using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Maintenance;

/// <summary>Measures a repository without changing or locking it.</summary>
public sealed class RepositoryMeasurer
{
    private readonly Repository _repository;
    private readonly IBackupObserver _observer;
    private readonly Dictionary<ObjectId, long> _treeSizes = [];
    private readonly HashSet<BlobKey> _used = [];

    /// <summary>A measurer for the open repository.</summary>
    public RepositoryMeasurer(Repository repository, IBackupObserver observer)
    {
        _repository = repository;
        _observer = observer;
    }

    /// <summary>Measures.</summary>
    /// <exception cref="BackupException"><c>IndexDamaged</c>, <c>TreeDamaged</c>, or a failure of the store.</exception>
    public async Task<RepositoryMeasure> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> snapshots = await _repository.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        long restored = 0;
        foreach (Snapshot snapshot in snapshots)
        {
            restored += await MeasureTreeAsync(snapshot.Tree, cancellationToken).ConfigureAwait(false);
        }

        long stored = 0;
        long packed = 0;
        int packs = 0;
        foreach (FileKind kind in Enum.GetValues<FileKind>())
        {
            await foreach ((_, long size) in _repository.Files.ListAsync(kind, cancellationToken).ConfigureAwait(false))
            {
                stored += size;
                packed += kind == FileKind.Pack ? size : 0;
                packs += kind == FileKind.Pack ? 1 : 0;
            }
        }

        long usedPacked = 0;
        long distinct = 0;
        foreach (BlobKey key in _used)
        {
            if (_repository.Index.Blobs.TryFind(key, out BlobLocation location))
            {
                usedPacked += location.Entry.Length + PackHeader.EntrySize(location.Entry.IsCompressed);
                distinct += location.Entry.PlainLength;
            }
        }

        return new RepositoryMeasure
        {
            Snapshots = snapshots.Count,
            RestoredBytes = restored,
            DistinctBytes = distinct,
            StoredBytes = stored,
            UnusedBytes = Math.Max(0, packed - usedPacked - ((long)packs * PackHeader.FixedSize)),
            Blobs = _used.Count,
            Packs = packs,
        };
    }

    private async Task<long> MeasureTreeAsync(ObjectId tree, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_treeSizes.TryGetValue(tree, out long known))
        {
            return known;
        }

        _used.Add(new BlobKey(BlobType.Tree, tree));
        long size = 0;
        foreach (TreeNode node in await _repository.Trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false))
        {
            size += (long)node.Size;
            _used.UnionWith((node.Content ?? []).Select(static id => new BlobKey(BlobType.Data, id)));
            if (node.Subtree is { } subtree)
            {
                size += await MeasureTreeAsync(subtree, cancellationToken).ConfigureAwait(false);
            }
        }

        return _treeSizes[tree] = size;
    }
}
