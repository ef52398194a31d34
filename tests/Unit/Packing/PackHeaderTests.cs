using System;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Packing;

public sealed class PackHeaderTests
{
    private static readonly ContainerCipher s_cipher = new(MasterKey.Random());

    [Fact]
    public void Entries_survive_the_header() =>
        RandomBlobs.Pack.Sample(entries => Assert.Equal(entries, PackHeader.Decode(PackHeader.Encode(entries))));

    [Fact]
    public void An_entry_is_laid_out_as_the_format_says()
    {
        byte[] id = TestData.Generate("id", ObjectId.Size);
        List<PackEntry> entries =
        [
            new(new BlobKey(BlobType.Data, new ObjectId(id)), 0, 0x01020304, 0),
            new(new BlobKey(BlobType.Tree, new ObjectId(id)), 0x01020304, 0x21, 0x0a0b0c0d),
        ];

        Assert.Equal(
            [0, 4, 3, 2, 1, .. id, 3, 0x21, 0, 0, 0, 0x0d, 0x0c, 0x0b, 0x0a, .. id],
            PackHeader.Encode(entries));
        Assert.Equal(36 + 37 + 41 + 0x01020304 + 0x21, PackHeader.PackSize(entries));
    }

    [Fact]
    public void A_header_that_ends_within_an_entry_is_damaged()
    {
        byte[] header = PackHeader.Encode([new PackEntry(Key("a"), 0, 100, 50), new PackEntry(Key("b"), 100, 100, 0)]);
        for (int length = 0; length < header.Length; length++)
        {
            if (length is not (0 or 41))
            {
                Assert.Throws<InvalidDataException>(() => PackHeader.Decode(header.AsSpan(0, length)));
            }
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(255)]
    public void An_unknown_type_is_damage(byte type)
    {
        byte[] header = PackHeader.Encode([new PackEntry(Key("a"), 0, 100, 50)]);
        header[0] = type;

        Assert.Throws<InvalidDataException>(() => PackHeader.Decode(header));
    }

    [Fact]
    public void Impossible_lengths_are_damage()
    {
        Assert.Throws<InvalidDataException>(() => Decode(new PackEntry(Key("a"), 0, ContainerCipher.Overhead - 1, 0)));
        Assert.Throws<InvalidDataException>(() => Decode(
            new PackEntry(Key("a"), 0, uint.MaxValue, 0), new PackEntry(Key("b"), 0, 100, 0)));
        byte[] noLength = PackHeader.Encode([new PackEntry(Key("a"), 0, 100, 1)]);
        noLength.AsSpan(5, 4).Clear();
        Assert.Throws<InvalidDataException>(() => PackHeader.Decode(noLength));
    }

    [Fact]
    public void A_pack_opens_by_its_end_alone() => RandomBlobs.Content.List[1, 12].Sample(
        contents =>
        {
            byte[] pack = Build(contents, out FinishedPack finished);
            int header = PackHeader.SealedSize(pack, pack.Length) + PackHeader.LengthFieldSize;

            Assert.Equal(finished.Entries, PackHeader.Open(pack, pack.Length, s_cipher));
            Assert.Equal(finished.Entries, PackHeader.Open(pack.AsSpan(pack.Length - header), pack.Length, s_cipher));
            Assert.Equal(pack.Length, PackHeader.PackSize(finished.Entries));
            Assert.Throws<InvalidDataException>(
                () => PackHeader.Open(pack.AsSpan(pack.Length - header + 1), pack.Length, s_cipher));
        },
        iter: 30);

    [Fact]
    public void A_pack_with_any_bit_of_its_end_changed_does_not_open()
    {
        byte[] pack = Build([[1, 2, 3]], out _);
        int header = PackHeader.SealedSize(pack, pack.Length) + PackHeader.LengthFieldSize;
        for (int bit = (pack.Length - header) * 8; bit < pack.Length * 8; bit++)
        {
            byte[] changed = [.. pack];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => PackHeader.Open(changed, changed.Length, s_cipher));
        }
    }

    [Fact]
    public void A_pack_that_is_cut_does_not_open()
    {
        byte[] pack = Build([[1, 2, 3]], out _);
        for (int length = 0; length < pack.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => PackHeader.Open(pack.AsSpan(0, length), length, s_cipher));
        }

        for (int cut = 1; cut <= pack.Length; cut++)
        {
            Assert.Throws<InvalidDataException>(
                () => PackHeader.Open(pack.AsSpan(cut), pack.Length - cut, s_cipher));
        }
    }

    private static List<PackEntry> Decode(params PackEntry[] entries) => PackHeader.Decode(PackHeader.Encode(entries));

    private static BlobKey Key(string seed) => new(BlobType.Data, new ObjectId(TestData.Generate(seed, ObjectId.Size)));

    private static byte[] Build(List<byte[]> contents, out FinishedPack finished)
    {
        BlobCodec codec = new(s_cipher, level: 3);
        PackBuilder builder = PackBuilding.NewPack(BlobType.Data);
        foreach (byte[] content in contents)
        {
            builder.TryAdd(codec, new BlobKey(BlobType.Data, ObjectId.Hash(content)), content);
        }

        finished = builder.Finish(s_cipher);
        return finished.Content.ToArray();
    }
}
