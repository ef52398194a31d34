using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using Xunit;

namespace BackupModule.Tests.Indexing;

public sealed class BlobClaimsTests
{
    private readonly BlobIndex _index = new();
    private readonly BlobKey _key = new(BlobType.Data, ObjectId.Random());

    [Fact]
    public void Only_the_first_claims_a_blob()
    {
        BlobClaims claims = new(_index);

        Assert.True(claims.TryClaim(_key));
        Assert.False(claims.TryClaim(_key));
        Assert.False(claims.TryClaimAgain(_key));
        Assert.True(claims.TryClaim(_key with { Type = BlobType.Tree }));
    }

    [Fact]
    public void A_claimed_blob_is_not_a_stored_one()
    {
        BlobClaims claims = new(_index);

        Assert.True(claims.TryClaim(_key));

        Assert.False(_index.Contains(_key));
        Assert.Empty(_index.FindAll(_key));
        Assert.Equal(0, _index.Count);
    }

    [Fact]
    public void What_a_failed_run_claimed_the_next_run_can_claim()
    {
        Assert.True(new BlobClaims(_index).TryClaim(_key));

        Assert.True(new BlobClaims(_index).TryClaim(_key));
    }

    [Fact]
    public void A_stored_blob_is_claimed_by_nobody_and_its_claim_costs_nothing_any_more()
    {
        BlobClaims claims = new(_index);
        Assert.True(claims.TryClaim(_key));
        IndexedPack pack = PackOf(_key);
        _index.Add(pack);

        claims.Release(pack.Entries);

        Assert.Equal(0, claims.Count);
        Assert.False(claims.TryClaim(_key));
        Assert.False(claims.TryClaimAgain(_key));
    }

    [Fact]
    public void A_blob_that_older_packs_have_is_claimed_again_once()
    {
        _index.Add(PackOf(_key));
        BlobClaims claims = new(_index);

        Assert.False(claims.TryClaim(_key));
        Assert.True(claims.TryClaimAgain(_key));
        Assert.False(claims.TryClaimAgain(_key));

        IndexedPack pack = PackOf(_key);
        _index.Add(pack);
        claims.Release(pack.Entries);

        Assert.False(claims.TryClaimAgain(_key));
    }

    [Fact]
    public async Task However_many_workers_bring_a_blob_it_is_claimed_once()
    {
        const int Workers = 4;
        BlobKey[] keys = [.. Enumerable.Range(0, 20_000).Select(_ => new BlobKey(BlobType.Data, ObjectId.Random()))];
        BlobClaims claims = new(_index);
        int claimed = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() =>
        {
            List<BlobKey> mine = [];
            foreach (BlobKey key in keys)
            {
                if (claims.TryClaim(key))
                {
                    mine.Add(key);
                }

                if (mine.Count == 50)
                {
                    Store(mine);
                }
            }

            Store(mine);
        })));

        Assert.Equal(keys.Length, claimed);
        Assert.Equal(keys.Length, _index.Count);
        Assert.Equal(0, claims.Count);

        void Store(List<BlobKey> blobs)
        {
            Interlocked.Add(ref claimed, blobs.Count);
            IndexedPack pack = PackOf([.. blobs]);
            _index.Add(pack);
            claims.Release(pack.Entries);
            blobs.Clear();
        }
    }

    private static IndexedPack PackOf(params BlobKey[] keys) =>
        new(ObjectId.Random(), [.. keys.Select((key, i) => new PackEntry(key, (uint)i * 40, 40, 0))]);
}
