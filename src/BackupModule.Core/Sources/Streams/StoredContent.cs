using System.Collections.Generic;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Sources.Streams;

/// <summary>The content of a file that an earlier backup in the repository has.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Blobs">The pieces that it is stored in, in order.</param>
public sealed record StoredContent(long Length, IReadOnlyList<ObjectId> Blobs);
