using System;
using BackupModule.Core.Chunking;

namespace BackupModule.Tests.Chunking;

/// <summary>Kinds of content that differ in how many chunk boundaries they have.</summary>
internal static class TestContent
{
    /// <summary>Random (0), half zero and then without a byte value (1), periodic (2), or with boundaries thickly sown
    /// beyond the smallest size (3).</summary>
    public static byte[] Make(int kind, int length, Random random)
    {
        byte[] data = new byte[length];
        random.NextBytes(data);
        if (kind == 1)
        {
            data.AsSpan().Replace((byte)7, (byte)0);
            data.AsSpan(0, length / 2).Clear();
        }
        else if (kind == 2)
        {
            byte[] pattern = data[..Math.Min(length, 1 + random.Next(5000))];
            for (int i = 0; i < length; i++)
            {
                data[i] = pattern[i % pattern.Length];
            }
        }
        else if (kind == 3)
        {
            for (int i = ContentChunker.MinSize - 200; i < length - 64; i += 100 + random.Next(1_000_000))
            {
                data.AsSpan(Math.Max(0, i), 64).Clear();
            }
        }

        return data;
    }
}
