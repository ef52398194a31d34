using System;
using System.IO;
using BackupModule.Core.Compression;
using CsCheck;
using Xunit;
using ZstdSharp;

namespace BackupModule.Tests.Compression;

public sealed class ZstdCodecTests
{
    private static readonly Gen<byte[]> s_content = Gen.OneOf(
        Gen.Byte.Array[0, 600],
        Gen.Byte[0, 3].Array[0, 70_000],
        Gen.Select(Gen.Byte, Gen.Int[0, 3_000_000]).Select((value, length) =>
        {
            byte[] data = new byte[length];
            data.AsSpan().Fill(value);
            return data;
        }));

    [Fact]
    public void What_was_compressed_comes_back_whole() => Gen.Select(s_content, Gen.Int[1, 12]).Sample(
        (content, level) =>
        {
            using ZstdCodec codec = new(level);
            byte[] frame = Compress(codec, content);
            byte[] back = new byte[content.Length];

            codec.Decompress(frame, back);

            Assert.Equal(content, back);
            Assert.Equal(content, ZstdCodec.DecompressUnknown(frame));
        },
        iter: 200);

    [Fact]
    public void Either_library_reads_what_the_other_wrote() => Gen.Select(s_content, Gen.Int[1, 9]).Sample(
        (content, level) =>
        {
            using ZstdCodec native = new(new NativeZstdContext(), level);
            using ZstdCodec managed = new(new ManagedZstdContext(), level);
            byte[] back = new byte[content.Length];

            managed.Decompress(Compress(native, content), back);
            Assert.Equal(content, back);
            back.AsSpan().Clear();
            native.Decompress(Compress(managed, content), back);
            Assert.Equal(content, back);
        },
        iter: 100);

    [Fact]
    public void Damage_is_found_by_either_library()
    {
        foreach (IZstdContext context in new IZstdContext[] { new NativeZstdContext(), new ManagedZstdContext() })
        {
            using ZstdCodec codec = new(context, level: 3);
            byte[] frame = Compress(codec, TestData.Generate("damage", 1000));

            Assert.Throws<InvalidDataException>(() => codec.Decompress(frame.AsSpan(0, 500), new byte[1000]));
            Assert.Throws<InvalidDataException>(() => codec.Decompress(frame, new byte[999]));
            Assert.Throws<InvalidDataException>(() => codec.Decompress(new byte[100], new byte[1000]));
        }
    }

    [Fact]
    public void A_blob_is_compressed_and_decompressed_without_allocating()
    {
        using ZstdCodec codec = new();
        byte[] content = new byte[100_000];
        byte[] frame = new byte[ZstdCodec.MaxCompressedLength(content.Length)];
        byte[] shortContent = new byte[2000];
        int RoundTrip(byte[] bytes)
        {
            int length = codec.Compress(bytes, frame);
            codec.Decompress(frame.AsSpan(0, length), bytes);
            return length;
        }

        _ = RoundTrip(content) + RoundTrip(shortContent);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = RoundTrip(content) + RoundTrip(shortContent);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_frame_that_claims_more_than_it_can_hold_is_damaged()
    {
        using ZstdCodec codec = new();
        byte[] frame = Compress(codec, new byte[100_000]);

        // The content size of a frame of one segment: four bytes after the magic number and the descriptor.
        Assert.Equal(100_000, BitConverter.ToInt32(frame, 5));
        BitConverter.TryWriteBytes(frame.AsSpan(5), 1_000_000_000);

        Assert.Throws<InvalidDataException>(() => ZstdCodec.DecompressUnknown(frame));
    }

    [Fact]
    public void A_frame_need_not_say_how_much_it_holds() => Gen.Select(s_content, Gen.Bool).Sample(
        (content, hasChecksum) =>
        {
            byte[] frame = CompressStreamed(content, hasChecksum);
            byte[] back = new byte[content.Length];
            using ZstdCodec codec = new();

            codec.Decompress(frame, back);

            Assert.Equal(content, back);
            Assert.Equal(content, ZstdCodec.DecompressUnknown(frame));
        },
        iter: 100);

    [Fact]
    public void Every_level_gives_frames_that_can_be_read()
    {
        byte[] content = TestData.Generate("levels", 50_000);
        for (int level = ZstdCodec.MinLevel; level <= ZstdCodec.MaxLevel; level++)
        {
            using ZstdCodec codec = new(level);
            Assert.Equal(content, ZstdCodec.DecompressUnknown(Compress(codec, content)));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_frame_of_another_length_than_expected_is_damaged(int difference)
    {
        using ZstdCodec codec = new();
        byte[] frame = Compress(codec, TestData.Generate("length", 1000));

        Assert.Throws<InvalidDataException>(() => codec.Decompress(frame, new byte[1000 + difference]));
    }

    [Fact]
    public void A_frame_that_is_cut_off_is_damaged()
    {
        using ZstdCodec codec = new();
        byte[] frame = Compress(codec, TestData.Generate("cut", 1000));
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => codec.Decompress(frame.AsSpan(0, length), new byte[1000]));
            Assert.Throws<InvalidDataException>(() => ZstdCodec.DecompressUnknown(frame[..length]));
        }
    }

    [Fact]
    public void More_than_the_limit_is_not_unpacked()
    {
        using ZstdCodec codec = new();
        byte[] frame = Compress(codec, new byte[1_000_000]);

        Assert.Throws<InvalidDataException>(() => ZstdCodec.DecompressUnknown(frame, limit: 999_999));
        Assert.Equal(1_000_000, ZstdCodec.DecompressUnknown(frame, limit: 1_000_000).Length);
    }

    [Fact]
    public void A_codec_serves_on_after_a_damaged_frame()
    {
        using ZstdCodec codec = new();
        byte[] content = TestData.Generate("after", 1000);
        byte[] frame = Compress(codec, content);
        byte[] back = new byte[1000];

        Assert.Throws<InvalidDataException>(() => codec.Decompress(frame.AsSpan(0, 500), back));
        codec.Decompress(frame, back);

        Assert.Equal(content, back);
    }

    private static byte[] Compress(ZstdCodec codec, byte[] content)
    {
        byte[] frame = new byte[ZstdCodec.MaxCompressedLength(content.Length)];
        return frame[..codec.Compress(content, frame)];
    }

    private static byte[] CompressStreamed(byte[] content, bool hasChecksum)
    {
        using MemoryStream output = new();
        using (CompressionStream compression = new(output, leaveOpen: true))
        {
            compression.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, hasChecksum ? 1 : 0);
            compression.Write(content);
        }

        return output.ToArray();
    }
}
