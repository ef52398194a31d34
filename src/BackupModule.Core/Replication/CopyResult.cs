using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Replication;

/// <summary>What a copy did, and how far the destination is behind.</summary>
/// <param name="Plan">What it set out to do.</param>
/// <param name="Copied">The backups copied, oldest first.</param>
/// <param name="Blobs">Blobs that travelled.</param>
/// <param name="Packs">Packs stored in the destination.</param>
/// <param name="BytesStored">Bytes of these packs.</param>
/// <param name="Proof">How they were proved to have arrived.</param>
/// <param name="Duration">How long it took.</param>
public sealed record CopyResult(
    CopyPlan Plan,
    IReadOnlyList<CopiedBackup> Copied,
    long Blobs,
    long Packs,
    long BytesStored,
    ArrivalProof Proof,
    TimeSpan Duration)
{
    private readonly HashSet<ObjectId> _copied = [.. Copied.Select(static backup => backup.Source)];

    /// <summary>Backups that were to be copied and could not, because the source has lost something of them.</summary>
    public int Failed => Plan.Count(CopyFate.Copy) - Copied.Count;

    /// <summary>Backups of the source that the destination lacks and has not removed.</summary>
    public int Waiting => Plan.Count(CopyFate.Waiting) + Failed;

    /// <summary>The time of the newest backup in the source; null if there is none.</summary>
    public DateTimeOffset? NewestInSource => Plan.Items.Count > 0 ? TimeOf(Plan.Items[^1].Snapshot) : null;

    /// <summary>The time of the newest backup that both have; null if there is none.</summary>
    public DateTimeOffset? NewestCopied => Plan.Items
        .Where(item => item.Fate == CopyFate.Present || _copied.Contains(item.Snapshot.Id))
        .Select(static item => (DateTimeOffset?)TimeOf(item.Snapshot))
        .LastOrDefault();

    /// <summary>How much older the newest copy is than the newest backup; null if nothing is copied.</summary>
    public TimeSpan? Lag => NewestInSource - NewestCopied;

    /// <summary>What is worth remembering of the destination.</summary>
    /// <param name="now">When the copy ended.</param>
    public RepositoryFact ToFact(DateTimeOffset now) => new()
    {
        Kind = RepositoryFactKind.Synced,
        At = now,
        Passed = Failed == 0,
        NewestBackup = NewestCopied,
        NewestInSource = NewestInSource,
        Waiting = Waiting,
    };

    private static DateTimeOffset TimeOf(Snapshot snapshot) => snapshot.Time.ToDateTimeOffset();
}
