using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using BackupModule.Core.Compression;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using Xunit;

namespace BackupModule.Tests.Repositories;

/// <summary>
/// Every parser of stored bytes, fed with noise and with mutations of what is valid: it succeeds, or fails with the
/// exception it documents, and never allocates more than its input can justify. The seed is in every failure's message;
/// <c>BACKUPMODULE_FUZZ_SEED</c> and <c>BACKUPMODULE_FUZZ_ROUNDS</c> override it and the number of rounds.
/// </summary>
public sealed class ParserFuzzTests
{
    private const long MostAllocated = 64 * 1024 * 1024;

    private static readonly int s_seed = Setting("BACKUPMODULE_FUZZ_SEED", 20_240_601);
    private static readonly int s_rounds = Setting("BACKUPMODULE_FUZZ_ROUNDS", 4000);
    private static readonly ContainerCipher s_cipher = new(MasterKey.Random());

    [Fact]
    public void Spoiled_pack_headers_fail_as_documented() => Fuzz(
        [PackHeader.Encode(Entries)], bytes => PackHeader.Decode(bytes), typeof(InvalidDataException));

    [Fact]
    public void Spoiled_ends_of_packs_fail_as_documented()
    {
        byte[] header = s_cipher.Seal(PackHeader.Encode(Entries));
        byte[] blobs = new byte[Entries.Sum(entry => entry.Length)];
        byte[] pack = [.. blobs, .. header, .. BitConverter.GetBytes(header.Length)];

        Fuzz([pack], bytes => PackHeader.Open(bytes, bytes.Length, s_cipher), typeof(InvalidDataException));
        Fuzz(
            [pack[blobs.Length..]],
            bytes => PackHeader.Open(bytes, pack.Length, s_cipher),
            typeof(InvalidDataException));
    }

    [Fact]
    public void Spoiled_containers_do_not_open() => Fuzz([s_cipher.Seal("content"u8)], bytes => s_cipher.Open(bytes));

    [Fact]
    public void Spoiled_index_files_fail_as_documented() => Fuzz(
        Texts("indexes"), bytes => IndexFile.Decode(bytes), typeof(InvalidDataException));

    [Fact]
    public void Spoiled_trees_fail_as_documented() => Fuzz(
        Texts("trees"), bytes => TreeDecoder.Decode(bytes), typeof(InvalidDataException));

    [Fact]
    public void Spoiled_trees_that_can_be_read_can_be_written() => Fuzz(
        Texts("trees"),
        bytes => TreeDecoder.Decode(TreeEncoder.Encode(TreeDecoder.Decode(bytes)).Span),
        typeof(InvalidDataException));

    [Fact]
    public void Spoiled_snapshots_fail_as_documented() => Fuzz(
        Texts("snapshots"),
        bytes =>
        {
            Snapshot snapshot = Snapshot.Decode(bytes, default);
            _ = snapshot.Time.ToDateTimeOffset();
            _ = Snapshot.Decode(snapshot.Encode(), default);
        },
        typeof(JsonException));

    [Fact]
    public void Spoiled_locks_fail_as_documented()
    {
        LockFile file = new() { Time = new FileTimestamp(1, 2, 60), HostName = "h", UserName = "u", ProcessId = 7 };

        Fuzz(
            [file.Encode()],
            bytes =>
            {
                LockFile decoded = LockFile.Decode(bytes, default);
                _ = decoded.Time.ToDateTimeOffset();
                _ = LockFile.Decode(decoded.Encode(), default);
            },
            typeof(JsonException));
    }

    [Fact]
    public void Spoiled_key_files_fail_as_documented() => Fuzz(
        [Encoding.UTF8.GetBytes(Vectors.Text("key_file_raw"))],
        bytes => KeyFile.Decode(KeyFile.Decode(bytes).Encode()),
        typeof(JsonException));

    [Fact]
    public void Spoiled_configs_fail_as_documented() => Fuzz(
        [Encoding.UTF8.GetBytes(Vectors.Text("config_plaintext"))],
        bytes => RepositoryConfig.Decode(bytes),
        typeof(BackupException));

    [Fact]
    public void Spoiled_zstd_frames_fail_as_documented()
    {
        byte[][] contents = [[], TestData.Generate("zstd", 100), new byte[100_000], .. Texts("trees").Take(3)];
        using ZstdCodec codec = new();
        List<byte[]> frames = [.. contents.Select(content =>
        {
            byte[] frame = new byte[ZstdCodec.MaxCompressedLength(content.Length)];
            return frame[..codec.Compress(content, frame)];
        })];

        Fuzz(
            frames, bytes => ZstdCodec.DecompressUnknown(bytes, limit: 10_000_000), typeof(InvalidDataException));
        byte[] destination = new byte[contents[1].Length];
        Fuzz([frames[1]], bytes => codec.Decompress(bytes, destination), typeof(InvalidDataException));
    }

    [Fact]
    public void Spoiled_names_fail_as_documented() => Fuzz(
        [@"a\""b\\c\xff\u00a0\U0001f600\101"u8.ToArray(), "plain"u8.ToArray()],
        bytes => GoText.Unquote(RawText.Decode(bytes)),
        typeof(FormatException));

    [Fact]
    public void Spoiled_times_fail_as_documented() => Fuzz(
        ["2024-01-02T03:04:05.123456789+01:30"u8.ToArray(), "0000-02-29T00:00:00Z"u8.ToArray()],
        bytes =>
        {
            FileTimestamp time = GoTime.Parse(bytes);
            _ = time.ToDateTimeOffset();
            Assert.Equal(time, GoTime.Parse(GoTime.Format(time)));
        },
        typeof(FormatException));

    private static List<PackEntry> Entries =>
    [
        new(new BlobKey(BlobType.Data, ObjectId.Hash("a"u8)), 0, 100, 0),
        new(new BlobKey(BlobType.Data, ObjectId.Hash("b"u8)), 100, 50, 70),
        new(new BlobKey(BlobType.Tree, ObjectId.Hash("c"u8)), 150, 60, 90),
    ];

    private static List<byte[]> Texts(string member) =>
        [.. Vectors.Texts(member).Values.Select(Encoding.UTF8.GetBytes)];

    private static void Fuzz(List<byte[]> valid, Action<byte[]> parse, params Type[] documented)
    {
        Random random = new(s_seed);
        foreach (byte[] bytes in valid)
        {
            parse(bytes);
        }

        for (int round = 0; round < s_rounds; round++)
        {
            byte[] bytes = round % 8 == 0
                ? Mutation.Noise(random)
                : Mutation.Of(valid[random.Next(valid.Count)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                parse(bytes);
            }
            catch (Exception failure) when (documented.Contains(failure.GetType()))
            {
                // This is what it says it throws.
            }
            catch (Exception failure)
            {
                Assert.Fail($"Seed {s_seed}, round {round}, {Convert.ToBase64String(bytes)}: {failure}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostAllocated, $"Seed {s_seed}, round {round}: {allocated} bytes were allocated.");
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : otherwise;
}
