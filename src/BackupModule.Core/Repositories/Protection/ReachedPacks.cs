using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Protection;

/// <summary>Which packs of an index hold something that was asked for: every copy of it. May be told from many threads.
/// </summary>
/// <param name="index">The index; packs that are added later are not looked at.</param>
internal sealed class ReachedPacks(BlobIndex index)
{
    private readonly bool[] _reached = new bool[index.PackCount];

    /// <summary>The packs that were reached.</summary>
    public IReadOnlyCollection<ObjectId> Ids =>
        [.. Enumerable.Range(0, _reached.Length).Where(number => _reached[number]).Select(index.PackAt)];

    /// <summary>Tells that the blob is needed.</summary>
    public void Add(BlobKey key) => index.MarkPacksOf(key, _reached);
}
