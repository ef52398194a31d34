using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Retention;

/// <summary>What retention is going to do, and why.</summary>
/// <param name="Rules">The rules that it follows.</param>
/// <param name="Now">The time that it was made for.</param>
/// <param name="Decisions">One for each backup that was judged, by group, the oldest of a group first.</param>
/// <param name="Objections">Why it should not be carried out unseen; empty for an ordinary plan.</param>
public sealed record RetentionPlan(
    RetentionRules Rules,
    DateTimeOffset Now,
    IReadOnlyList<RetentionDecision> Decisions,
    IReadOnlyList<RetentionObjection> Objections)
{
    private const string LeftOut = "left out of what was to be removed";

    /// <summary>The repository that it was made for; zero for a plan of backups that are in none.</summary>
    public ObjectId RepositoryId { get; init; }

    /// <summary>The backups that stay.</summary>
    public IEnumerable<RetentionDecision> Kept => Decisions.Where(static decision => decision.IsKept);

    /// <summary>The backups that go.</summary>
    public IEnumerable<RetentionDecision> Removed => Decisions.Where(static decision => !decision.IsKept);

    /// <summary>The same plan, which removes no other backups than these.</summary>
    public RetentionPlan Only(IReadOnlySet<ObjectId> removed) => Removed.All(decision => removed.Contains(decision.Snapshot.Id))
        ? this
        : this with
        {
            Decisions =
            [
                .. Decisions.Select(decision => decision.IsKept || removed.Contains(decision.Snapshot.Id)
                    ? decision : decision with { IsKept = true, Reasons = [LeftOut] }),
            ],
        };
}
