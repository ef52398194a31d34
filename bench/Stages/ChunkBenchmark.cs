using System;
using BackupModule.Core.Chunking;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>Finding the ends of chunks.</summary>
public class ChunkBenchmark
{
    private const int Length = 64 << 20;

    // An irreducible polynomial of degree 53.
    private readonly ContentChunker _chunker = new(RabinPolynomial.Parse("3da3358b4dc173"));
    private readonly byte[] _content = Content.Random(Length);

    /// <summary>Cuts 64 MiB; gives the number of cuts.</summary>
    [Benchmark, Bytes(Length)]
    public int Chunk()
    {
        int cuts = 0;
        ReadOnlySpan<byte> rest = _content;
        for (int end = _chunker.FindEnd(rest, searched: 0); end > 0; end = _chunker.FindEnd(rest, searched: 0))
        {
            rest = rest[end..];
            cuts++;
        }

        return cuts;
    }
}
