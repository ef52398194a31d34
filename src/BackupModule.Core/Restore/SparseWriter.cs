using System;

namespace BackupModule.Core.Restore;

/// <summary>Writes content into a new file so that runs of zeros become holes.</summary>
internal static class SparseWriter
{
    // The block size of common file systems: a shorter run saves nothing.
    private const int BlockSize = 4096;

    /// <summary>Writes the data, but for whole blocks of zeros, into a file that has its length already.</summary>
    public static void Write(IRestoreFile file, long offset, ReadOnlySpan<byte> data)
    {
        int start = 0;
        while (start < data.Length)
        {
            int end = NextZeroBlock(data, start, offset);
            if (end > start)
            {
                file.Write(offset + start, data[start..end]);
            }

            start = EndOfZeroBlocks(data, end, offset);
        }
    }

    private static int NextZeroBlock(ReadOnlySpan<byte> data, int position, long offset)
    {
        for (int block = position; block < data.Length; block = BlockEnd(data, block, offset))
        {
            if (IsZero(data[block..BlockEnd(data, block, offset)]))
            {
                return block;
            }
        }

        return data.Length;
    }

    private static int EndOfZeroBlocks(ReadOnlySpan<byte> data, int position, long offset)
    {
        while (position < data.Length && IsZero(data[position..BlockEnd(data, position, offset)]))
        {
            position = BlockEnd(data, position, offset);
        }

        return position;
    }

    // Blocks are those of the file, not of the chunk.
    private static int BlockEnd(ReadOnlySpan<byte> data, int position, long offset) =>
        (int)Math.Min(data.Length, position + BlockSize - ((offset + position) % BlockSize));

    private static bool IsZero(ReadOnlySpan<byte> block) => !block.ContainsAnyExcept((byte)0);
}
