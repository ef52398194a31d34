using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Indexing;

public sealed class BlobIndexTests
{
    [Fact]
    public void The_index_answers_as_a_dictionary_of_lists_would() =>
        Gen.Select(Gen.Int, Gen.Int[0, 120], Gen.Int[1, 3000]).Sample(
            (seed, packs, blobs) => AssertBehavesAsModel(new Random(seed), packs, blobs), iter: 12);

    [Fact]
    public void A_pack_that_is_known_is_passed_over()
    {
        BlobIndex index = new();
        IndexedPack pack = Pack(1, 10);

        Assert.True(index.Add(pack));
        Assert.False(index.Add(pack with { Entries = [] }));
        Assert.Equal((10, 1), (index.Count, index.PackCount));
        Assert.Single(index.FindAll(pack.Entries[0].Key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void However_much_room_is_made_every_blob_is_found(int reserved)
    {
        BlobIndex index = new();
        IndexedPack[] packs = [.. Enumerable.Range(0, 40).Select(i => Pack(i, 100))];
        index.Add(packs[0]);
        index.Reserve(reserved);
        foreach (IndexedPack pack in packs)
        {
            index.Add(pack);
        }

        index.Reserve(reserved);
        Assert.Equal((4000, 40), (index.Count, index.PackCount));
        Assert.All(packs, pack => Assert.True(index.ContainsPack(pack.Id)));
        Assert.All(
            packs.SelectMany(pack => pack.Entries.Select(entry => new BlobLocation(pack.Id, entry))),
            place => Assert.Equal([place], index.FindAll(place.Entry.Key)));
    }

    [Fact]
    public void Data_and_tree_of_one_hash_are_different_blobs()
    {
        BlobIndex index = new();
        ObjectId id = ObjectId.Random();
        index.Add(new IndexedPack(ObjectId.Random(), [new PackEntry(new BlobKey(BlobType.Data, id), 5, 40, 0)]));

        Assert.True(index.Contains(new BlobKey(BlobType.Data, id)));
        Assert.False(index.Contains(new BlobKey(BlobType.Tree, id)));

        index.Add(new IndexedPack(ObjectId.Random(), [new PackEntry(new BlobKey(BlobType.Tree, id), 9, 50, 3)]));
        Assert.True(index.TryFind(new BlobKey(BlobType.Tree, id), out BlobLocation tree));
        Assert.Equal(9u, tree.Entry.Offset);
    }

    [Fact]
    public async Task Readers_find_every_pack_whose_adding_is_done_while_others_add()
    {
        const int Writers = 3;
        const int PacksEach = 300;
        BlobIndex index = new();
        int[] done = new int[Writers];
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (int i = 0; i < PacksEach; i++)
            {
                Assert.True(index.Add(Pack((writer * PacksEach) + i, 50)));
                Volatile.Write(ref done[writer], i + 1);
            }
        }))];
        Task[] readers = [.. Enumerable.Range(0, 2).Select(seed => Task.Run(() =>
        {
            Random random = new(seed);
            while (done.Sum() < Writers * PacksEach)
            {
                int writer = random.Next(Writers);
                int known = Volatile.Read(ref done[writer]);
                if (known > 0)
                {
                    IndexedPack pack = Pack((writer * PacksEach) + random.Next(known), 50);
                    PackEntry entry = pack.Entries[random.Next(pack.Entries.Count)];
                    Assert.True(index.TryFind(entry.Key, out BlobLocation found));
                    Assert.Equal(new BlobLocation(pack.Id, entry), found);
                }
            }
        }))];

        await Task.WhenAll([.. writers, .. readers]);

        Assert.Equal((Writers * PacksEach * 50, Writers * PacksEach), (index.Count, index.PackCount));
    }

    private static void AssertBehavesAsModel(Random random, int packs, int blobs)
    {
        BlobKey[] keys =
        [
            .. Enumerable.Range(0, blobs).Select(i => new BlobKey((BlobType)(i & 1), CollidingId(i / 2))),
        ];
        BlobIndex index = new();
        List<IndexedPack> added = [];
        Dictionary<BlobKey, List<BlobLocation>> model = [];
        for (int i = 0; i < packs; i++)
        {
            IndexedPack pack = new(
                CollidingId(i),
                [
                    .. Enumerable.Range(0, random.Next(40)).Select(blob => new PackEntry(
                        keys[random.Next(blobs)], (uint)blob, 32 + (uint)random.Next(), (uint)random.Next(3))),
                ]);
            index.Add(pack);
            added.Add(pack);
            foreach (PackEntry entry in pack.Entries)
            {
                model.TryAdd(entry.Key, []);
                model[entry.Key].Add(new BlobLocation(pack.Id, entry));
            }
        }

        foreach (BlobKey key in keys)
        {
            List<BlobLocation> expected = model.GetValueOrDefault(key, []);
            Assert.Equal(expected, index.FindAll(key));
            Assert.Equal(expected.Count > 0, index.Contains(key));
            Assert.Equal(expected.Count > 0, index.TryFind(key, out BlobLocation first));
            Assert.True(expected.Count == 0 || expected[0] == first);
        }

        Assert.Equal(model.Values.Sum(list => list.Count), index.Count);
        Assert.Equal(added.Select(pack => pack.Id), index.EnumeratePacks().Select(pack => pack.Id));
        Assert.Equal(
            added.SelectMany(pack => pack.Entries), index.EnumeratePacks().SelectMany(pack => pack.Entries));
        AssertNumbersStandForEntries(index);
    }

    private static void AssertNumbersStandForEntries(BlobIndex index)
    {
        Dictionary<BlobKey, int> first = [];
        for (int pack = 0; pack < index.PackCount; pack++)
        {
            (int start, int end) = index.EntriesOf(pack);
            for (int number = start; number < end; number++)
            {
                BlobKey key = index.EntryAt(number).Key;
                first.TryAdd(key, number);
                Assert.Equal(first[key], index.NumberOf(key));
                Assert.True(index.ContainsSince(key, pack));
            }
        }

        Assert.All(first.Keys, key => Assert.False(index.ContainsSince(key, index.PackCount)));
    }

    // Only a few bytes differ, so that many ids share their place in the table.
    private static ObjectId CollidingId(int number)
    {
        byte[] bytes = new byte[ObjectId.Size];
        bytes[7] = (byte)(number % 61);
        bytes[16] = (byte)(number >> 8);
        bytes[17] = (byte)number;
        bytes[31] = 1;
        return new ObjectId(bytes);
    }

    private static IndexedPack Pack(int number, int blobs) => new(
        new ObjectId(TestData.Generate("pack" + number, ObjectId.Size)),
        [
            .. Enumerable.Range(0, blobs).Select(i => new PackEntry(
                new BlobKey(BlobType.Data, new ObjectId(TestData.Generate($"blob{number}.{i}", ObjectId.Size))),
                (uint)i * 40,
                40,
                0)),
        ]);
}
