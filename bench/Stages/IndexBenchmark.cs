using System.Collections.Generic;
using BackupModule.Compare.DataSets;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>Looking blobs up among a million. Times are for one blob.</summary>
public class IndexBenchmark
{
    private const int Packs = 10_000;
    private const int BlobsPerPack = 100;
    private const int Lookups = 10_000;
    private const ulong Seed = 0x696E646578;

    private readonly BlobIndex _index = new();
    private readonly List<BlobKey> _known = [];
    private readonly List<BlobKey> _unknown = [];

    /// <summary>Fills the index.</summary>
    [GlobalSetup]
    public void Setup()
    {
        SeededRandom random = new(Seed);
        for (int pack = 0; pack < Packs; pack++)
        {
            List<PackEntry> entries = [];
            for (int i = 0; i < BlobsPerPack; i++)
            {
                entries.Add(new PackEntry(NextKey(random), (uint)i * 2000, 2000, 4000));
            }

            _index.Add(new IndexedPack(NextKey(random).Id, entries));

            // One of each pack, so that look-ups go all over the index.
            _known.Add(entries[pack % BlobsPerPack].Key);
            _unknown.Add(NextKey(random));
        }
    }

    /// <summary>Blobs that are there.</summary>
    [Benchmark(OperationsPerInvoke = Lookups)]
    public long Hit() => Find(_known);

    /// <summary>Blobs that are not.</summary>
    [Benchmark(OperationsPerInvoke = Lookups)]
    public long Miss() => Find(_unknown);

    private long Find(List<BlobKey> keys)
    {
        long total = 0;
        foreach (BlobKey key in keys)
        {
            total += _index.TryFind(key, out BlobLocation location) ? location.Entry.Length : 1;
        }

        return total;
    }

    private static BlobKey NextKey(SeededRandom random)
    {
        byte[] bytes = new byte[ObjectId.Size];
        random.Fill(bytes);
        return new BlobKey(BlobType.Data, new ObjectId(bytes));
    }
}
