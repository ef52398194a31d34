using System;

namespace BackupModule.Core.Chunking;

/// <summary>Slides one window byte by byte: for processors without vectors, and for what is too short for them.
/// </summary>
internal sealed class ScalarBoundarySearch(RabinFingerprint fingerprint) : IBoundarySearch
{
    private const int WindowSize = RabinFingerprint.WindowSize;

    /// <inheritdoc/>
    public int Find(ReadOnlySpan<byte> data, int first)
    {
        ulong current = 0;
        foreach (byte b in data.Slice(first - WindowSize, WindowSize))
        {
            current = fingerprint.Append(current, b);
        }

        for (int i = first; i < data.Length; i++)
        {
            current = fingerprint.Slide(current, data[i - WindowSize], data[i]);
            if ((current & RabinFingerprint.SplitMask) == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
