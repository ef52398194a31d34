using System;
using System.Linq;
using BackupModule.Core.Chunking;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Chunking;

/// <summary>Every way to look for boundaries against the definition of the fingerprint.</summary>
public sealed class BoundarySearchTests
{
    private const ulong Polynomial = 0x3DA3358B4DC173;
    private const int First = ContentChunker.MinSize - 1;

    // Which there are depends on the processor; the last is the scalar one.
    public static TheoryData<int> Searches => [.. Enumerable.Range(0, Searching(Polynomial).Length)];

    [Fact]
    public void This_processor_has_a_search_with_vectors() =>
        Assert.IsNotType<ScalarBoundarySearch>(Searching(Polynomial)[0]);

    [Theory]
    [MemberData(nameof(Searches))]
    public void The_first_boundary_is_found_wherever_it_lies(int search)
    {
        IBoundarySearch searching = Searching(Polynomial)[search];
        byte[] data = WithoutBoundaries(First + 300_000);

        Assert.Equal(-1, searching.Find(data, First));
        for (int at = First; at < data.Length; at += at < First + 300 ? 1 : 997)
        {
            byte[] window = [.. data.AsSpan(at - 63, 64)];
            data.AsSpan(at - 63, 64).Clear();
            Assert.Equal(at, searching.Find(data, First));
            window.CopyTo(data, at - 63);
        }
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void A_boundary_before_the_first_place_is_none(int search)
    {
        IBoundarySearch searching = Searching(Polynomial)[search];
        byte[] data = WithoutBoundaries(First + 200_000);
        data.AsSpan(First - 50_000, 100_000).Clear();

        for (int first = First; first < First + 60_000; first += 5009)
        {
            Assert.Equal(first < First + 50_000 ? first : -1, searching.Find(data, first));
        }
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Of_several_boundaries_the_first_is_found(int search)
    {
        Gen.Int[64, 150_000].Array[2, 40].Sample(
            places =>
            {
                byte[] data = WithoutBoundaries(First + 150_064);
                foreach (int place in places)
                {
                    data.AsSpan(First + place - 63, 64).Clear();
                }

                Assert.Equal(First + places.Min(), Searching(Polynomial)[search].Find(data, First));
            },
            iter: 30);
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Every_search_finds_what_the_definition_says(int search)
    {
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 20_000], Gen.Int[0, 2_000_000], Gen.Int).Sample(
            (kind, skipped, length, seed) =>
            {
                Random random = new(seed);
                ulong polynomial = RabinPolynomial.Random().Bits;
                byte[] data = TestContent.Make(kind, First + skipped + length, random);
                int first = First + skipped;

                int expected = ReferenceChunker.FirstBoundary(polynomial, data, first);

                Assert.Equal(expected, Searching(polynomial)[search].Find(data, first));
            },
            iter: 10);
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Searching_allocates_nothing(int search)
    {
        IBoundarySearch searching = Searching(Polynomial)[search];
        byte[] data = WithoutBoundaries(First + 200_000);
        _ = searching.Find(data, First);

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = searching.Find(data, First);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static IBoundarySearch[] Searching(ulong polynomial) =>
        [.. BoundarySearch.Supported(new RabinFingerprint(new RabinPolynomial(polynomial)))];

    private static byte[] WithoutBoundaries(int length)
    {
        byte[] data = new byte[length];
        data.AsSpan().Fill(1);
        return data;
    }
}
