using System.Collections.Generic;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Retention;

/// <summary>Whether a backup stays, and why.</summary>
/// <param name="Snapshot">The backup.</param>
/// <param name="Group">Those it was judged with.</param>
/// <param name="IsKept">True if it stays.</param>
/// <param name="Reasons">Every reason in plain words, such as <c>daily backup</c> or <c>held until ...</c>; never empty.
/// </param>
public sealed record RetentionDecision(
    Snapshot Snapshot, RetentionGroup Group, bool IsKept, IReadOnlyList<string> Reasons)
{
    /// <summary>The backup's kind; null where it does not tell.</summary>
    public BackupKind? Kind => BackupTags.FindKind(Snapshot.Tags);
}
