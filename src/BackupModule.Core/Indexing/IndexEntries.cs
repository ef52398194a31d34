using System;
using System.Collections;
using System.Collections.Generic;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>Neighbouring entries of an index, read where they are: entries that were added never change.</summary>
/// <param name="index">The index.</param>
/// <param name="first">The number of the first entry.</param>
/// <param name="end">The number after the last.</param>
internal sealed class IndexEntries(BlobIndex index, int first, int end) : IReadOnlyList<PackEntry>
{
    /// <inheritdoc/>
    public int Count => end - first;

    /// <inheritdoc/>
    public PackEntry this[int number]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)Count, nameof(number));
            return index.EntryAt(first + number);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<PackEntry> GetEnumerator()
    {
        for (int number = first; number < end; number++)
        {
            yield return index.EntryAt(number);
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
