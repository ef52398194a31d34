using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>What an index file says of one pack: all its blobs, complete and without duplicates.</summary>
/// <param name="Id">The pack.</param>
/// <param name="Entries">Its blobs, in any order.</param>
public sealed record IndexedPack(ObjectId Id, IReadOnlyList<PackEntry> Entries)
{
    /// <summary>True if the pack has these entries and no others, in whatever order.</summary>
    public bool HasSameEntries(IReadOnlyList<PackEntry> entries) =>
        Entries.SequenceEqual(entries) || Entries.ToHashSet().SetEquals(entries);
}
