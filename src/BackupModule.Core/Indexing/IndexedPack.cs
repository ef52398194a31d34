using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>What an index file says of one pack: all its blobs, complete and without duplicates.</summary>
/// <param name="Id">The pack.</param>
/// <param name="Entries">Its blobs, in any order.</param>
public sealed record IndexedPack(ObjectId Id, IReadOnlyList<PackEntry> Entries);
