using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Replication;

/// <summary>What a copy is going to do.</summary>
/// <param name="Items">Every backup of the source, oldest first.</param>
/// <param name="Recorded">The ids, in the source, of backups that records of the destination name already.</param>
/// <param name="HasSameChunker">True if both repositories cut files alike, so that they share chunks of what is backed up
/// into either.</param>
public sealed record CopyPlan(
    IReadOnlyList<PlannedCopy> Items, IReadOnlySet<ObjectId> Recorded, bool HasSameChunker)
{
    /// <summary>The backups to copy, oldest first.</summary>
    public IEnumerable<Snapshot> ToCopy =>
        Items.Where(static item => item.Fate == CopyFate.Copy).Select(static item => item.Snapshot);

    /// <summary>How many backups have this fate.</summary>
    public int Count(CopyFate fate) => Items.Count(item => item.Fate == fate);
}
