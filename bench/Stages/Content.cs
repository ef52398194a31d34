using System;
using BackupModule.Compare.DataSets;

namespace BackupModule.Stages;

/// <summary>What the stages work on.</summary>
internal static class Content
{
    /// <summary>About as long as the average chunk.</summary>
    public const int BlobSize = 1 << 20;

    private const ulong Seed = 0x737461676573;

    /// <summary>Bytes that nothing compresses.</summary>
    public static byte[] Random(int length)
    {
        byte[] content = new byte[length];
        new SeededRandom(Seed).Fill(content);
        return content;
    }

    /// <summary>Text that compresses as prose does.</summary>
    public static byte[] Text(int length)
    {
        byte[] content = new byte[length];
        new WordList(Seed).Fill(content, new SeededRandom(Seed));
        return content;
    }

    /// <summary>Content by name, as benchmarks have it for a parameter.</summary>
    public static byte[] Of(string kind, int length) => kind switch
    {
        "text" => Text(length),
        "random" => Random(length),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
