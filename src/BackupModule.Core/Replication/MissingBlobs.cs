using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Replication;

/// <summary>Blobs of a repository that another one lacks, as one bit for each entry of the index.</summary>
/// <param name="source">The index of the repository that has them.</param>
/// <param name="destination">The index of the other one.</param>
internal sealed class MissingBlobs(BlobIndex source, BlobIndex destination)
{
    private readonly BlobSet _missing = new(source);

    /// <summary>Number of blobs.</summary>
    public long Count { get; private set; }

    /// <summary>Their bytes as they stand in packs.</summary>
    public long Bytes { get; private set; }

    /// <summary>True for failures that say that a backup of the source is not whole.</summary>
    public static bool IsMissing(BackupException failure) =>
        failure.IsLoss() || failure.Kind == BackupErrorKind.IndexIncomplete;

    /// <summary>Adds what backups use and the destination does not name. Of several places of a blob, the first stands for
    /// it.</summary>
    public void Add(UsedBlobs used)
    {
        foreach (int number in used.Entries.Enumerate())
        {
            PackEntry entry = source.EntryAt(number);
            if (!destination.Contains(entry.Key) && source.NumberOf(entry.Key) == number && _missing.Add(number))
            {
                Count++;
                Bytes += entry.Length;
            }
        }
    }

    /// <summary>The packs of the source with what is wanted of each.</summary>
    public IEnumerable<(ObjectId Pack, IReadOnlyList<PackEntry> Blobs)> ByPack()
    {
        KeptBlobs wanted = new(source, _missing);
        return Enumerable.Range(0, source.PackCount)
            .Select(source.PackAt)
            .Select(pack => (Pack: pack, Blobs: wanted.Of(pack)))
            .Where(static pack => pack.Blobs.Count > 0);
    }
}
