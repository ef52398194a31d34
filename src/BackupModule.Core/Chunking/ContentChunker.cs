using System;
using System.Linq;

namespace BackupModule.Core.Chunking;

/// <summary>
/// Finds restic's chunk boundaries: a chunk ends after a byte where the Rabin fingerprint of its last 64 bytes has 20
/// zero bits, at least 512 KiB and at most 8 MiB from the chunk's start.
/// </summary>
/// <remarks>The fingerprint of the 64 bytes before a cut does not depend on anything earlier, so the state is only a
/// position. Instances hold the polynomial's tables, are immutable, and may be shared by threads.</remarks>
public sealed class ContentChunker
{
    /// <summary>Smallest chunk in bytes, but for the last of a file.</summary>
    public const int MinSize = 512 * 1024;

    /// <summary>Largest chunk in bytes.</summary>
    public const int MaxSize = 8 * 1024 * 1024;

    private readonly IBoundarySearch _boundaries;

    /// <summary>Builds the tables for the repository's polynomial.</summary>
    public ContentChunker(RabinPolynomial polynomial)
        : this(BoundarySearch.Supported(new RabinFingerprint(polynomial)).First()) => Polynomial = polynomial;

    /// <summary>A chunker that searches in a way of the caller's choice.</summary>
    internal ContentChunker(IBoundarySearch boundaries) => _boundaries = boundaries;

    /// <summary>The polynomial whose tables it holds.</summary>
    public RabinPolynomial Polynomial { get; }

    /// <summary>
    /// The length of the chunk that starts at the first byte of <paramref name="data"/>; 0 if its end is not in the data.
    /// </summary>
    /// <param name="data">The bytes from the chunk's start on.</param>
    /// <param name="searched">How many of them an earlier call with less data has searched without finding the end.</param>
    public int FindEnd(ReadOnlySpan<byte> data, int searched)
    {
        int first = Math.Max(searched, MinSize - 1);
        if (data.Length <= first)
        {
            return 0;
        }

        ReadOnlySpan<byte> searchable = data[..Math.Min(data.Length, MaxSize)];
        int boundary = _boundaries.Find(searchable, first);
        return boundary >= 0 ? boundary + 1 : searchable.Length == MaxSize ? MaxSize : 0;
    }
}
