using System;
using System.Text;

namespace BackupModule.Compare.DataSets;

/// <summary>200,000 files of 2 KB on average in 2,000 folders: half text, half hexadecimal digits that compress badly.</summary>
internal sealed class TinyFiles(double scale) : GeneratedFiles
{
    private const ulong Seed = 0x74696E79;
    private const int FullCount = 200_000;
    private const int FilesPerFolder = 100;
    private const int FoldersPerFolder = 20;
    private const int MinLength = 500;
    private const int MeanLength = 2_000;

    private readonly WordList _words = new(Seed);

    /// <inheritdoc/>
    public override string Name => "tiny";

    /// <inheritdoc/>
    public override string Description => $"{Count} files of 2 KB in {(Count + FilesPerFolder - 1) / FilesPerFolder} folders";

    // A file takes a whole block on disk.
    /// <inheritdoc/>
    public override long Size => Count * 4096L;

    /// <inheritdoc/>
    protected override int Count { get; } = Math.Max(1, (int)(FullCount * scale));

    /// <inheritdoc/>
    protected override int MaxLength => (2 * MeanLength) - MinLength;

    /// <inheritdoc/>
    protected override string PathOf(int number)
    {
        int folder = number / FilesPerFolder;
        return $"{folder / FoldersPerFolder:000}/{folder % FoldersPerFolder:00}/f{number}.txt";
    }

    /// <inheritdoc/>
    protected override int Fill(byte[] buffer, int number, int generation)
    {
        SeededRandom random = new(Seed, number, generation);
        int length = random.Next(MinLength, MaxLength);
        int digits = length / 2;
        for (int i = 0; i < digits; i += 16)
        {
            Span<byte> target = buffer.AsSpan(i, 16);
            Encoding.ASCII.GetBytes(random.Next().ToString("x16", provider: null), target);
        }

        _words.Fill(buffer.AsSpan(digits, length - digits), random);
        return length;
    }
}
