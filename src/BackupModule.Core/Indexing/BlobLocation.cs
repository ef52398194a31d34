using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>Where a blob is in the repository.</summary>
/// <param name="PackId">The pack.</param>
/// <param name="Entry">Its place in it.</param>
public readonly record struct BlobLocation(ObjectId PackId, PackEntry Entry);
