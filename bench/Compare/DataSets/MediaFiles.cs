using System;

namespace BackupModule.Compare.DataSets;

/// <summary>200 files of 10 MB that nothing compresses, as photos and films are.</summary>
internal sealed class MediaFiles(double scale) : GeneratedFiles
{
    private const ulong Seed = 0x6D65646961;
    private const int FullCount = 200;
    private const int BaseLength = 10_000_000;

    /// <inheritdoc/>
    public override string Name => "media";

    /// <inheritdoc/>
    public override string Description => $"{Count} incompressible files of 10 MB";

    /// <inheritdoc/>
    public override long Size => (long)Count * BaseLength;

    /// <inheritdoc/>
    protected override int Count { get; } = Math.Max(1, (int)(FullCount * scale));

    /// <inheritdoc/>
    protected override int MaxLength => BaseLength + FullCount + 1;

    /// <inheritdoc/>
    protected override string PathOf(int number) => $"{number:000}.jpg";

    /// <inheritdoc/>
    protected override int Fill(byte[] buffer, int number, int generation)
    {
        // Lengths differ a little, as those of real files do.
        int length = BaseLength + (number % FullCount);
        new SeededRandom(Seed, number, generation).Fill(buffer.AsSpan(0, length));
        return length;
    }
}
