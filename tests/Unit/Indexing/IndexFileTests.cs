using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Tests.Packing;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Indexing;

public sealed class IndexFileTests
{
    private const string Id = "ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8";

    [Fact]
    public void Packs_survive_the_file() => Gen.Select(RandomBlobs.Id, RandomBlobs.Pack).List[0, 10].Sample(packs =>
    {
        List<IndexedPack> expected = [.. packs.Select(pack => new IndexedPack(pack.Item1, pack.Item2))];

        AssertEqual(expected, IndexFile.Decode(IndexFile.Encode(expected)));
    });

    [Fact]
    public void An_index_is_written_as_restic_writes_it()
    {
        foreach (string json in Vectors.Texts("indexes").Values)
        {
            List<IndexedPack> packs = IndexFile.Decode(Encoding.UTF8.GetBytes(json));

            Assert.NotEmpty(packs);
            Assert.Equal(json.TrimEnd('\n'), Encoding.UTF8.GetString(IndexFile.Encode(packs)));
        }
    }

    [Fact]
    public void Members_that_are_not_known_are_passed_over()
    {
        string json = $$$"""
            {"supersedes":["{{{Id}}}"], "x": {"packs": [1, {}]}, "packs":[{"time":null, "size":[5],
            "blobs":[{"x":1,"uncompressed_length":7,"length":50,"offset":3,"type":"tree","id":"{{{Id}}}"}],
            "id":"{{{Id}}}"}], "packs_to_delete": []}
            """;

        IndexedPack pack = Assert.Single(IndexFile.Decode(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(Id, pack.Id.ToString());
        PackEntry entry = Assert.Single(pack.Entries);
        Assert.Equal((3u, 50u, 7u), (entry.Offset, entry.Length, entry.UncompressedLength));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"packs":""")]
    [InlineData("""{"packs":{}}""")]
    [InlineData("""{"packs":[null]}""")]
    [InlineData("""{"packs":[{"blobs":[]}]}""")]
    [InlineData("""{"packs":[{"id":"abc","blobs":[]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","offset":0,"length":50}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":"file","offset":0,"length":50}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":"data","offset":0,"length":31}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":"data","offset":-1,"length":50}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":"data","offset":0,"length":4294967296}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":"data","offset":0,"length":3000000000}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":"data","offset":9,"length":4294967290}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":"data","offset":0,"length":1e2}]}]}""")]
    [InlineData("""{"packs":[{"id":"ID","blobs":[{"id":"ID","type":{},"offset":0,"length":50}]}]}""")]
    public void Anything_malformed_or_impossible_is_refused(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json.Replace("ID", Id, StringComparison.Ordinal));

        Assert.Throws<InvalidDataException>(() => IndexFile.Decode(bytes));
    }

    [Fact]
    public void The_plain_form_is_read_as_any_other_is() =>
        Gen.Select(RandomBlobs.Id, RandomBlobs.Pack).List[1, 10].Sample(packs =>
        {
            List<IndexedPack> expected = [.. packs.Select(pack => new IndexedPack(pack.Item1, pack.Item2))];
            byte[] plain = IndexFile.Encode(expected);
            byte[] spaced = [.. plain[..^1], .. " }"u8];

            bool isPlain = PlainIndexReader.TryRead(
                plain, new PackEntry[PlainIndexReader.MostEntries(plain.Length)], out List<IndexedPack>? fast);

            Assert.Equal(expected.All(pack => pack.Entries.Count > 0), isPlain);
            Assert.False(PlainIndexReader.TryRead(
                spaced, new PackEntry[PlainIndexReader.MostEntries(spaced.Length)], out _));
            AssertEqual(expected, IndexFile.Decode(spaced));
            if (isPlain)
            {
                AssertEqual(expected, fast!);
            }
        });

    [Fact]
    public void A_changed_byte_is_judged_alike_in_the_plain_form_and_in_any_other()
    {
        byte[] plain = IndexFile.Encode(
        [
            new IndexedPack(
                ObjectId.Parse(Id),
                [
                    new PackEntry(new BlobKey(BlobType.Tree, ObjectId.Parse(Id)), 0, 50, 70),
                    new PackEntry(new BlobKey(BlobType.Data, ObjectId.Parse(Id)), 50, 2_000_000_000, 0),
                ]),
        ]);
        Gen.Select(Gen.Int[0, plain.Length - 1], Gen.Byte).Sample((position, value) =>
        {
            byte[] changed = [.. plain];
            changed[position] = value;

            Assert.Equal(Describe([.. " "u8, .. changed]), Describe(changed));
        });
    }

    private static string Describe(byte[] json)
    {
        try
        {
            return string.Join(' ', IndexFile.Decode(json).SelectMany(pack => pack.Entries, (pack, entry) => (pack.Id, entry)));
        }
        catch (InvalidDataException)
        {
            return "damaged";
        }
    }

    private static void AssertEqual(List<IndexedPack> expected, List<IndexedPack> actual)
    {
        Assert.Equal(expected.Select(pack => pack.Id), actual.Select(pack => pack.Id));
        Assert.Equal(expected.SelectMany(pack => pack.Entries), actual.SelectMany(pack => pack.Entries));
    }
}
