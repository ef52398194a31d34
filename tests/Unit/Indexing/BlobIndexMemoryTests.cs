using System;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using Xunit;

namespace BackupModule.Tests.Indexing;

[Collection(nameof(RunAlone))]
public sealed class BlobIndexMemoryTests
{
    [Fact]
    public void A_blob_costs_at_most_60_bytes_while_the_index_grows()
    {
        const int Blobs = 1 << 20;
        const int BlobsInPack = 64;
        BlobIndex index = new();
        PackEntry[] entries = new PackEntry[BlobsInPack];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Random random = new(1);
        for (int pack = 0; pack < Blobs / BlobsInPack; pack++)
        {
            for (int i = 0; i < entries.Length; i++)
            {
                entries[i] = new PackEntry(new BlobKey(BlobType.Data, RandomId(random)), 0, 40, 0);
            }

            index.Add(new IndexedPack(RandomId(random), entries));
        }

        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(Blobs, index.Count);
        Assert.InRange(bytes / (double)Blobs, 48, 60);
    }

    private static ObjectId RandomId(Random random)
    {
        Span<byte> bytes = stackalloc byte[ObjectId.Size];
        random.NextBytes(bytes);
        return new ObjectId(bytes);
    }
}
