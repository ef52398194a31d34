using System;
using System.Collections.Generic;
using BackupModule.Core.Chunking;
using BackupModule.Core.Hashing;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Chunking;

public sealed class ContentChunkerTests
{
    private const ulong VectorPolynomial = 0x343242029632ef;

    [Theory]
    [InlineData(0x343242029632efUL, 20_983_865, "chunks-poly-343242029632ef-restic-vector-20983865.txt")]
    [InlineData(0x3DA3358B4DC173UL, 12_582_912, "chunks-poly-3DA3358B4DC173-restic-vector-12582912.txt")]
    public void Random_data_is_cut_where_restic_cuts_it(ulong polynomial, int length, string vectors)
    {
        byte[] data = TestData.Generate("restic-vector", length);

        int start = 0;
        List<(int Start, int Length, ObjectId Id)> chunks = [];
        foreach (int chunk in Lengths(new ContentChunker(new RabinPolynomial(polynomial)), data))
        {
            chunks.Add((start, chunk, ObjectId.Hash(data.AsSpan(start, chunk))));
            start += chunk;
        }

        Assert.Equal(Vectors.Chunks(vectors), chunks);
    }

    [Fact]
    public void Zeros_are_cut_at_the_smallest_size() => Assert.Equal(
        [524_288, 524_288, 524_288, 100],
        Lengths(new ContentChunker(new RabinPolynomial(VectorPolynomial)), new byte[1_572_964]));

    [Fact]
    public void Data_without_a_boundary_is_cut_at_the_largest_size()
    {
        byte[] ones = new byte[9_437_184];
        ones.AsSpan().Fill(1);

        Assert.Equal([8_388_608, 1_048_576], Lengths(new ContentChunker(new RabinPolynomial(VectorPolynomial)), ones));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ContentChunker.MinSize - 1)]
    public void Less_than_the_smallest_chunk_has_no_boundary(int length) =>
        Assert.Equal(0, new ContentChunker(new RabinPolynomial(VectorPolynomial)).FindEnd(new byte[length], 0));

    [Fact]
    public void Boundaries_do_not_depend_on_how_the_data_arrives()
    {
        Gen<(int Kind, int Length, int Seed)> cases = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3_500_000], Gen.Int);
        cases.Sample(
            sample =>
            {
                (int kind, int length, int seed) = sample;
                Random random = new(seed);
                RabinPolynomial polynomial = RabinPolynomial.Random();
                byte[] data = TestContent.Make(kind, length, random);
                List<int> expected = new ReferenceChunker(polynomial.Bits).Lengths(data);

                foreach (IBoundarySearch search in BoundarySearch.Supported(new RabinFingerprint(polynomial)))
                {
                    ContentChunker chunker = new(search);
                    Assert.Equal(expected, Lengths(chunker, data));
                    Assert.Equal(expected, LengthsOfArriving(chunker, data, random));
                }
            },
            iter: 10);
    }

    private static List<int> Lengths(ContentChunker chunker, byte[] data)
    {
        List<int> lengths = [];
        for (int start = 0; start < data.Length; start += lengths[^1])
        {
            int end = chunker.FindEnd(data.AsSpan(start), searched: 0);
            lengths.Add(end > 0 ? end : data.Length - start);
        }

        return lengths;
    }

    private static List<int> LengthsOfArriving(ContentChunker chunker, byte[] data, Random random)
    {
        int[] steps = [1, 63, 64, 65, 4096, 100_000, 600_000];
        List<int> lengths = [];
        int start = 0;
        int arrived = 0;
        int searched = 0;
        while (arrived < data.Length)
        {
            arrived = Math.Min(data.Length, arrived + steps[random.Next(steps.Length)]);
            for (int end = chunker.FindEnd(data.AsSpan(start, arrived - start), searched); end > 0;
                end = chunker.FindEnd(data.AsSpan(start, arrived - start), searched: 0))
            {
                lengths.Add(end);
                start += end;
            }

            searched = arrived - start;
        }

        return start < data.Length ? [.. lengths, data.Length - start] : lengths;
    }
}
