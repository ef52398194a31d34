using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;

namespace BackupModule.Scale.Generating;

/// <summary>A repository of index files alone: config and key are real, the packs that the index names are not there.
/// For loading and searching, which touch no pack.</summary>
internal static class SyntheticIndex
{
    private const int PackBytes = PackBuilder.DefaultTargetSize;

    public static async Task CreateAsync(Options options)
    {
        int count = options.Number("count", 10_000_000);
        int blobsInPack = options.Number("blobs-per-pack", 64);
        Repository repository = await options.CreateRepositoryAsync();
        RandomIds ids = new(seed: 1);
        List<IndexedPack> packs = [];
        int pending = 0;
        for (int made = 0; made < count;)
        {
            IndexedPack pack = MakePack(ids, Math.Min(blobsInPack, count - made));
            packs.Add(pack);
            made += pack.Entries.Count;
            pending += pack.Entries.Count;
            if (pending >= RepositoryIndex.BlobsPerFile || made == count)
            {
                await repository.Files.SaveAsync(FileKind.Index, IndexFile.Encode(packs), default);
                packs.Clear();
                pending = 0;
            }
        }

        Figures.Write("blobs", ("blobs", count), ("in-pack", blobsInPack));
    }

    private static IndexedPack MakePack(RandomIds ids, int blobs)
    {
        PackEntry[] entries = new PackEntry[blobs];
        uint offset = 0;
        for (int i = 0; i < blobs; i++)
        {
            uint length = 40 + ids.NextLength(PackBytes / blobs);
            entries[i] = new PackEntry(new BlobKey(BlobType.Data, ids.Next()), offset, length, length * 2);
            offset += length;
        }

        return new IndexedPack(ids.Next(), entries);
    }
}
