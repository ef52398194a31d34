using System;
using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Blobs;

/// <summary>Blobs of one pack that are read with one request: neighbours, in the order in which they stand in it.</summary>
/// <param name="PackId">The pack.</param>
/// <param name="Entries">The blobs, at least one.</param>
public readonly record struct PackRun(ObjectId PackId, ReadOnlyMemory<PackEntry> Entries)
{
    // Reading through a small gap costs less than another request.
    private const long LargestGap = 1024 * 1024;
    private const long LargestRead = 4 * 1024 * 1024;

    /// <summary>The first byte to read.</summary>
    public long Offset => Entries.Span[0].Offset;

    /// <summary>How many bytes to read.</summary>
    public int Length => checked((int)(Entries.Span[^1].Offset + (long)Entries.Span[^1].Length - Offset));

    /// <summary>Divides the blobs wanted of a pack into runs of at most 4 MiB, or of one blob.</summary>
    public static List<PackRun> Plan(ObjectId packId, IReadOnlyList<PackEntry> entries)
    {
        PackEntry[] sorted = [.. entries];
        Array.Sort(sorted, static (a, b) => a.Offset.CompareTo(b.Offset));
        return Divide(packId, sorted);
    }

    /// <summary>As <see cref="Plan"/>, for blobs in the order in which they stand in the pack.</summary>
    internal static List<PackRun> Divide(ObjectId packId, ReadOnlyMemory<PackEntry> sorted)
    {
        List<PackRun> runs = [];
        ReadOnlySpan<PackEntry> entries = sorted.Span;
        for (int first = 0; first < entries.Length;)
        {
            int end = first + 1;
            while (end < entries.Length && Continues(entries[first], entries[end - 1], entries[end]))
            {
                end++;
            }

            runs.Add(new PackRun(packId, sorted[first..end]));
            first = end;
        }

        return runs;
    }

    /// <summary>The container of one of the blobs, in a buffer that the run was read into.</summary>
    public ReadOnlyMemory<byte> ContainerOf(PackEntry entry, ReadOnlyMemory<byte> buffer) =>
        buffer.Slice((int)(entry.Offset - Offset), (int)entry.Length);

    private static bool Continues(PackEntry first, PackEntry last, PackEntry next) =>
        next.Offset <= last.Offset + (long)last.Length + LargestGap
        && next.Offset + (long)next.Length - first.Offset <= LargestRead;
}
