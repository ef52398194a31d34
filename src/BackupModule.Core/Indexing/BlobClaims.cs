using System.Collections.Generic;
using System.Linq;
using System.Threading;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Indexing;

/// <summary>
/// Which blobs one run is about to store, so that no blob is stored twice by workers that meet it at the same time. A
/// claim is held only until the index names the blob's pack: what is claimed is never taken for stored, the memory is
/// that of the blobs under way, and what a failed run claimed ends with this object.
/// </summary>
public sealed class BlobClaims
{
    private const int Parts = 16;

    private readonly BlobIndex _index;
    private readonly int _packsBefore;
    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(static _ => new Part())];

    /// <summary>No claims yet, over what the index names and will name.</summary>
    public BlobClaims(BlobIndex index)
    {
        _index = index;
        _packsBefore = index.PackCount;
    }

    /// <summary>Number of blobs that are claimed and not stored.</summary>
    public int Count => _parts.Sum(static part => part.Count);

    /// <summary>True for the first who brings a blob that the index does not name. Many threads may call it.</summary>
    public bool TryClaim(BlobKey key) => TryClaim(key, packsBefore: 0);

    /// <summary>True for the first who brings the blob in this run, whether older packs have it or not.</summary>
    public bool TryClaimAgain(BlobKey key) => TryClaim(key, _packsBefore);

    /// <summary>Gives up the claims of blobs whose pack the index names by now.</summary>
    public void Release(IEnumerable<PackEntry> stored)
    {
        foreach (PackEntry entry in stored)
        {
            PartOf(entry.Key).Remove(entry.Key);
        }
    }

    private bool TryClaim(BlobKey key, int packsBefore)
    {
        if (_index.ContainsSince(key, packsBefore) || !PartOf(key).Add(key))
        {
            return false;
        }

        // Between the look and the claim another's blob may have been stored and its claim released.
        if (!_index.ContainsSince(key, packsBefore))
        {
            return true;
        }

        PartOf(key).Remove(key);
        return false;
    }

    private Part PartOf(BlobKey key) => _parts[key.Id.FirstByte % Parts];

    private sealed class Part
    {
        private readonly Lock _lock = new();
        private readonly HashSet<BlobKey> _claimed = [];

        public int Count
        {
            get
            {
                lock (_lock)
                {
                    return _claimed.Count;
                }
            }
        }

        public bool Add(BlobKey key)
        {
            lock (_lock)
            {
                return _claimed.Add(key);
            }
        }

        public void Remove(BlobKey key)
        {
            lock (_lock)
            {
                _claimed.Remove(key);
            }
        }
    }
}
