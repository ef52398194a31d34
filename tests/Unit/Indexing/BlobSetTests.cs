using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using Xunit;

namespace BackupModule.Tests.Indexing;

public sealed class BlobSetTests
{
    [Fact]
    public void What_was_added_is_in_the_set_and_nothing_else()
    {
        BlobIndex index = IndexOf(200);
        BlobSet set = new(index);

        Assert.True(set.Add(0));
        Assert.True(set.Add(64));
        Assert.True(set.Add(199));
        Assert.False(set.Add(64));

        Assert.Equal([0, 64, 199], Enumerable.Range(0, 200).Where(set.Contains));
        Assert.Equal(3, set.Count);
    }

    [Fact]
    public void Entries_that_came_after_the_set_are_not_in_it()
    {
        BlobIndex index = IndexOf(64);
        BlobSet set = new(index);
        for (int number = 0; number < 64; number++)
        {
            set.Add(number);
        }

        Assert.False(set.Contains(64));
        Assert.False(set.Contains(int.MaxValue));
    }

    [Fact]
    public async Task Of_several_who_add_an_entry_one_is_told_that_it_did()
    {
        const int Entries = 50_000;
        BlobSet set = new(IndexOf(Entries));
        int added = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int number = 0; number < Entries; number++)
            {
                if (set.Add(number))
                {
                    Interlocked.Increment(ref added);
                }
            }
        })));

        Assert.Equal(Entries, added);
        Assert.Equal(Entries, set.Count);
    }

    private static BlobIndex IndexOf(int blobs)
    {
        BlobIndex index = new();
        index.Add(new IndexedPack(
            ObjectId.Random(),
            [.. Enumerable.Range(0, blobs).Select(i => new PackEntry(
                new BlobKey(BlobType.Data, ObjectId.Random()), (uint)i * 40, 40, 0))]));
        return index;
    }
}
