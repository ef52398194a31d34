using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Replication;

/// <summary>Finds the copies of backups among the snapshots of another repository, by the rule of restic's <c>copy</c>.
/// </summary>
internal sealed class SnapshotMatch
{
    private readonly ILookup<ObjectId, Snapshot> _byOrigin;

    /// <summary>Searches among these snapshots.</summary>
    public SnapshotMatch(IEnumerable<Snapshot> candidates) => _byOrigin = candidates
        .SelectMany(static candidate => new HashSet<ObjectId> { candidate.Id, candidate.PersistentId }
            .Select(origin => (origin, candidate)))
        .ToLookup(static pair => pair.origin, static pair => pair.candidate);

    /// <summary>The snapshot that is the same backup with equal fields; null if there is none.</summary>
    public Snapshot? Find(Snapshot snapshot) =>
        _byOrigin[snapshot.PersistentId].FirstOrDefault(candidate => IsSame(snapshot, candidate));

    /// <summary>A snapshot that is the same backup, whatever was changed in it since; null if there is none.</summary>
    public Snapshot? FindOrigin(ObjectId persistentId) => _byOrigin[persistentId].FirstOrDefault();

    // Everything but what a copy changes: the parent and the original id.
    private static bool IsSame(Snapshot a, Snapshot b) =>
        a.Time.IsSameMoment(b.Time)
        && a.Tree == b.Tree
        && a.HostName == b.HostName
        && a.UserName == b.UserName
        && a.UserId == b.UserId
        && a.GroupId == b.GroupId
        && IsSameSet(a.Paths, b.Paths)
        && IsSameSet(a.Tags ?? [], b.Tags ?? [])
        && (a.Excludes ?? []).SequenceEqual(b.Excludes ?? []);

    private static bool IsSameSet(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Count == b.Count && !a.Except(b).Any();
}
