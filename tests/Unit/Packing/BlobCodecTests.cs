using System.IO;
using System.Threading.Tasks;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Packing;

public sealed class BlobCodecTests
{
    private static readonly ContainerCipher s_cipher = new(MasterKey.Random());

    private readonly BlobCodec _codec = new(s_cipher, level: 3);

    [Fact]
    public void A_blob_comes_back_whole() => Gen.Select(RandomBlobs.Content, Gen.Bool, Gen.Int[0, 5]).Sample(
        (content, isTree, level) => AssertRoundTrip(new BlobCodec(s_cipher, level), isTree, content), iter: 200);

    [Fact]
    public void Many_threads_may_use_one_codec() => Parallel.For(1, 300, i =>
        AssertRoundTrip(_codec, isTree: i % 2 == 0, TestData.Generate("thread" + i, i * 11)));

    [Fact]
    public void Data_that_does_not_get_smaller_is_stored_as_it_is()
    {
        byte[] content = TestData.Generate("random", 4096);

        (PackEntry entry, byte[] container) = Seal(_codec, BlobType.Data, content);

        Assert.False(entry.IsCompressed);
        Assert.Equal(content.Length + ContainerCipher.Overhead, container.Length);
        Assert.Equal(4096u, entry.PlainLength);
    }

    [Fact]
    public void Trees_are_compressed_whatever_the_level()
    {
        byte[] content = "{\"nodes\":[]}\n"u8.ToArray();

        (PackEntry entry, _) = Seal(new BlobCodec(s_cipher, level: 0), BlobType.Tree, content);

        Assert.True(entry.IsCompressed);
        Assert.Equal((uint)content.Length, entry.PlainLength);
    }

    [Fact]
    public void Level_zero_stores_data_as_it_is()
    {
        (PackEntry entry, _) = Seal(new BlobCodec(s_cipher, level: 0), BlobType.Data, new byte[5000]);

        Assert.False(entry.IsCompressed);
    }

    [Fact]
    public void A_changed_container_is_damaged() => Gen.Select(RandomBlobs.Content, Gen.Int[0, int.MaxValue]).Sample(
        (content, position) =>
        {
            (PackEntry entry, byte[] container) = Seal(_codec, BlobType.Data, content);
            container[position % container.Length] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => _codec.Open(entry, container));
        },
        iter: 100);

    [Fact]
    public void An_authentic_container_of_another_blob_is_damage()
    {
        (PackEntry entry, _) = Seal(_codec, BlobType.Data, new byte[1000]);
        (_, byte[] other) = Seal(_codec, BlobType.Data, new byte[1001]);

        Assert.Throws<InvalidDataException>(() => _codec.Open(entry, other));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(999u)]
    [InlineData(1001u)]
    [InlineData(uint.MaxValue)]
    public void A_wrong_length_in_the_index_is_damage(uint uncompressedLength)
    {
        (PackEntry entry, byte[] container) = Seal(_codec, BlobType.Data, new byte[1000]);

        Assert.Throws<InvalidDataException>(
            () => _codec.Open(entry with { UncompressedLength = uncompressedLength }, container));
    }

    private static void AssertRoundTrip(BlobCodec codec, bool isTree, byte[] content)
    {
        (PackEntry entry, byte[] container) = Seal(codec, isTree ? BlobType.Tree : BlobType.Data, content);
        Assert.Equal(content, codec.Open(entry, container));
        Assert.Equal((uint)content.Length, entry.PlainLength);
    }

    private static (PackEntry Entry, byte[] Container) Seal(BlobCodec codec, BlobType type, byte[] content)
    {
        using EncodedBlob blob = codec.Encode(new BlobKey(type, ObjectId.Hash(content)), content);
        byte[] container = blob.ToContainer();
        return (new PackEntry(blob.Key, 0, (uint)container.Length, (uint)blob.UncompressedLength), container);
    }
}
