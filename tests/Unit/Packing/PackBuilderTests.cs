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
    private static readonly BlobCodec s_stored = new(s_cipher, level: 0);

    [Fact]
    public void A_pack_holds_its_blobs_back_to_back_and_is_named_by_its_bytes() =>
        Gen.Select(RandomBlobs.Content.List[1, 20], Gen.Bool).Sample(
            (contents, isTree) =>
            {
                BlobType type = isTree ? BlobType.Tree : BlobType.Data;
                BlobCodec codec = new(s_cipher, level: 3);
                PackBuilder builder = PackBuilding.NewPack(type);
                foreach (byte[] content in contents)
                {
                    Assert.True(builder.TryAdd(codec, new BlobKey(type, ObjectId.Hash(content)), content));
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
        PackBuilder builder = PackBuilding.NewPack(BlobType.Data, targetSize: 1000);
        Assert.True(builder.IsEmpty);

        builder.TryAdd(s_stored, Key(1), new byte[999 - ContainerCipher.Overhead]);
        Assert.False(builder.IsFull);
        Assert.False(builder.IsEmpty);

        builder.TryAdd(s_stored, Key(2), new byte[1]);
        Assert.True(builder.IsFull);
    }

    [Fact]
    public void A_blob_without_room_for_its_line_of_the_header_is_refused_and_the_pack_stays_as_it_was()
    {
        byte[] content = new byte[100];
        int one = PackBuilder.BufferFor(content.Length + ContainerCipher.Overhead);
        PackBuilder builder = PackBuilding.NewPack(BlobType.Data, buffer: one);

        Assert.True(builder.TryAdd(s_stored, Key(1), content));
        Assert.False(builder.TryAdd(s_stored, Key(2), Array.Empty<byte>()));

        FinishedPack pack = builder.Finish(s_cipher);
        Assert.Equal(Key(1), Assert.Single(PackHeader.Open(pack.Content.Span, pack.Content.Length, s_cipher)).Key);
    }

    [Fact]
    public void A_blob_that_is_one_byte_too_long_for_the_buffer_is_refused()
    {
        int one = PackBuilder.BufferFor(100 + ContainerCipher.Overhead);
        PackBuilder builder = PackBuilding.NewPack(BlobType.Data, buffer: one);

        Assert.False(builder.TryAdd(s_stored, Key(1), new byte[101]));
        Assert.True(builder.IsEmpty);
    }

    [Fact]
    public void Whoever_completes_the_last_place_of_a_closed_pack_is_to_finish_it()
    {
        PackBuilder builder = PackBuilding.NewPack(BlobType.Data);
        using EncodedBlob blob = s_stored.Encode(Key(1), new byte[10]);
        builder.TryReserve(blob, out _);
        builder.TryReserve(blob, out _);

        Assert.False(builder.Complete());
        Assert.False(builder.Close());
        Assert.True(builder.Complete());
    }

    [Fact]
    public void A_pack_is_full_before_its_header_is_longer_than_restic_reads()
    {
        PackBuilder builder = PackBuilding.NewPack(BlobType.Data, PackBuilder.MaxTargetSize);
        BlobCodec codec = new(s_cipher, level: 1);
        byte[] compressible = new byte[64];
        while (!builder.IsFull)
        {
            Assert.True(builder.TryAdd(codec, Key(1), compressible));
        }

        FinishedPack pack = builder.Finish(s_cipher);

        Assert.True(pack.Entries[0].IsCompressed);
        Assert.InRange(PackHeader.SealedSize(pack.Content.Span, pack.Content.Length), 1, PackHeader.MaxSealedSize);
        Assert.Equal(pack.Entries.Count, PackHeader.Open(pack.Content.Span, pack.Content.Length, s_cipher).Count);
    }

    [Fact]
    public void A_pack_without_blobs_cannot_be_finished()
    {
        PackBuilder builder = PackBuilding.NewPack(BlobType.Tree);

        Assert.Throws<InvalidOperationException>(() => builder.Finish(s_cipher));
    }

    private static BlobKey Key(byte number) => new(BlobType.Data, ObjectId.Hash([number]));
}
