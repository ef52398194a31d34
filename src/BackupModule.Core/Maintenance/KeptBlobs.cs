using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Maintenance;

/// <summary>Which copy of each used blob stays, as one bit for each entry of the index.</summary>
public sealed class KeptBlobs
{
    private readonly BlobIndex _index;
    private readonly BlobSet _kept;

    internal KeptBlobs(BlobIndex index, BlobSet kept)
    {
        _index = index;
        _kept = kept;
    }

    /// <summary>The blobs that are kept from this pack.</summary>
    public IReadOnlyList<PackEntry> Of(ObjectId packId)
    {
        int pack = _index.NumberOf(packId);
        List<PackEntry> entries = [];
        if (pack >= 0)
        {
            (int first, int end) = _index.EntriesOf(pack);
            for (int number = first; number < end; number++)
            {
                if (_kept.Contains(number))
                {
                    entries.Add(_index.EntryAt(number));
                }
            }
        }

        return entries;
    }
}
