using System;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Packing;

public sealed class PackBuilderTests
{
    private static readonly ContainerCipher s_cipher = new(MasterKey.Random());

    [Fact]
    public void A_pack_holds_its_blobs_back_to_back_and_is_named_by_its_bytes() =>
        Gen.Select(RandomBlobs.Content.List[1, 20], Gen.Bool).Sample(
            (contents, isTree) =>
            {
                BlobType type = isTree ? BlobType.Tree : BlobType.Data;
                BlobCodec codec = new(s_cipher, level: 3);
                using PackBuilder builder = new(type);
                foreach (byte[] content in contents)
                {
                    SealedBlob blob = codec.Seal(new BlobKey(type, ObjectId.Hash(content)), content);
                    builder.Add(blob.Key.Id, blob.Container, blob.UncompressedLength);
                    blob.Release();
                }

                FinishedPack pack = builder.Finish(s_cipher);

                Assert.Equal(ObjectId.Hash(pack.Content.Span), pack.Id);
                Assert.Equal(contents.Count, pack.Entries.Count);
                uint offset = 0;
                for (int i = 0; i < contents.Count; i++)
                {
                    PackEntry entry = pack.Entries[i];
                    Assert.Equal(offset, entry.Offset);
                    Assert.Equal(
                        contents[i],
                        codec.Open(entry, pack.Content.Span.Slice((int)entry.Offset, (int)entry.Length)));
                    offset += entry.Length;
                }
            },
            iter: 30);

    [Fact]
    public void A_pack_is_full_once_it_has_reached_its_size()
    {
        using PackBuilder builder = new(BlobType.Data, targetSize: 1000);
        Assert.True(builder.IsEmpty);

        builder.Add(ObjectId.Random(), new byte[999], 0);
        Assert.False(builder.IsFull);
        Assert.False(builder.IsEmpty);

        builder.Add(ObjectId.Random(), new byte[32], 0);
        Assert.True(builder.IsFull);
    }

    [Fact]
    public void A_pack_is_full_before_its_header_is_longer_than_restic_reads()
    {
        using PackBuilder builder = new(BlobType.Data, PackBuilder.MaxTargetSize);
        byte[] container = new byte[ContainerCipher.Overhead + 1];
        while (!builder.IsFull)
        {
            builder.Add(default, container, 1);
        }

        FinishedPack pack = builder.Finish(s_cipher);

        Assert.InRange(PackHeader.SealedSize(pack.Content.Span, pack.Content.Length), 1, PackHeader.MaxSealedSize);
        Assert.Equal(pack.Entries.Count, PackHeader.Open(pack.Content.Span, pack.Content.Length, s_cipher).Count);
    }

    [Fact]
    public void A_pack_without_blobs_cannot_be_finished()
    {
        using PackBuilder builder = new(BlobType.Tree);

        Assert.Throws<InvalidOperationException>(() => builder.Finish(s_cipher));
    }
}
