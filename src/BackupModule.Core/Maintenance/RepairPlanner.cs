using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Verification;

namespace BackupModule.Core.Maintenance;

/// <summary>Compares index files with the packs that are there and works out what an index must say. Changes nothing.
/// </summary>
internal sealed class RepairPlanner(Repository repository, IBackupObserver observer)
{
    private const int WorkersAtOnce = 2;

    private readonly List<ObjectId> _damagedIndexFiles = [];
    private readonly Dictionary<ObjectId, IndexedPack> _indexed = [];
    private readonly List<IndexedPack> _good = [];
    private readonly List<ObjectId> _added = [];
    private readonly List<(ObjectId, IReadOnlyList<PackEntry>)> _damaged = [];

    public async Task<RepairPlan> PlanAsync(bool readData, CancellationToken cancellationToken)
    {
        await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<ObjectId, long> stored = [];
        await foreach ((ObjectId id, long size) in repository.Files.ListAsync(FileKind.Pack, cancellationToken)
            .ConfigureAwait(false))
        {
            stored[id] = size;
        }

        foreach ((ObjectId id, long size) in stored)
        {
            await JudgePackAsync(id, size, cancellationToken).ConfigureAwait(false);
        }

        if (readData)
        {
            await ReadPacksAsync(stored, cancellationToken).ConfigureAwait(false);
        }

        return new RepairPlan(
            _damagedIndexFiles,
            _good,
            _added,
            [.. _indexed.Values.Where(pack => !stored.ContainsKey(pack.Id)).OrderBy(static pack => pack.Id)],
            _damaged);
    }

    private async Task ReadIndexAsync(CancellationToken cancellationToken)
    {
        await foreach ((ObjectId id, _) in repository.Files.ListAsync(FileKind.Index, cancellationToken)
            .ConfigureAwait(false))
        {
            try
            {
                foreach (IndexedPack pack in await repository.Index.ReadFileAsync(id, cancellationToken)
                    .ConfigureAwait(false))
                {
                    _indexed.TryAdd(pack.Id, pack);
                }
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.IndexDamaged)
            {
                _damagedIndexFiles.Add(id);
                observer.OnDecision(failure.Message);
            }
        }
    }

    private async Task JudgePackAsync(ObjectId id, long size, CancellationToken cancellationToken)
    {
        if (_indexed.TryGetValue(id, out IndexedPack? known) && PackHeader.PackSize(known.Entries) == size)
        {
            _good.Add(known);
            return;
        }

        try
        {
            _good.Add(new IndexedPack(id, await ReadHeaderAsync(id, size, cancellationToken).ConfigureAwait(false)));
            _added.Add(id);
        }
        catch (InvalidDataException failure)
        {
            // Its header is lost, but an index may remember what was in it.
            observer.OnDecision($"The pack {id.ShortText} is damaged: {failure.Message}");
            _damaged.Add((id, known?.Entries ?? []));
        }
    }

    private async Task<List<PackEntry>> ReadHeaderAsync(ObjectId id, long size, CancellationToken cancellationToken)
    {
        string key = RepositoryLayout.KeyOf(FileKind.Pack, id);
        byte[] tail = await ReadTailAsync(key, size, PackHeader.LengthFieldSize, cancellationToken).ConfigureAwait(false);
        int length = PackHeader.SealedSize(tail, size) + PackHeader.LengthFieldSize;
        tail = await ReadTailAsync(key, size, length, cancellationToken).ConfigureAwait(false);
        return PackHeader.Open(tail, size, repository.Cipher);
    }

    private async Task<byte[]> ReadTailAsync(string key, long size, int length, CancellationToken cancellationToken)
    {
        if (size < length)
        {
            throw new InvalidDataException("The file is too short for a pack.");
        }

        byte[] tail = new byte[length];
        await repository.Store.ReadAsync(key, size - length, tail, cancellationToken).ConfigureAwait(false);
        return tail;
    }

    private async Task ReadPacksAsync(Dictionary<ObjectId, long> stored, CancellationToken cancellationToken)
    {
        FindingList findings = new();
        PackVerifier verifier = new(repository, findings);
        long total = _good.Sum(pack => stored[pack.Id]);
        await Parallel.ForEachAsync(
            _good,
            new ParallelOptions { MaxDegreeOfParallelism = WorkersAtOnce, CancellationToken = cancellationToken },
            async (pack, token) =>
            {
                await verifier.VerifyAsync(pack, stored[pack.Id], token).ConfigureAwait(false);
                observer.OnProgress(new OperationProgress(
                    "Reading packs",
                    pack.Id.ShortText,
                    verifier.PacksRead,
                    _good.Count,
                    verifier.BytesRead,
                    total,
                    "packs"));
            }).ConfigureAwait(false);
        HashSet<ObjectId> damaged = [.. findings.DamagedPacks];
        _damaged.AddRange(_good.Where(pack => damaged.Contains(pack.Id)).Select(static pack => (pack.Id, pack.Entries)));
        _good.RemoveAll(pack => damaged.Contains(pack.Id));
        _added.RemoveAll(damaged.Contains);
    }
}
