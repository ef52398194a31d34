using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Wal;

namespace BackupModule.Core.Databases.PostgreSql.Fingerprinting;

/// <summary>
/// Finds the place in the log that sessions stand at. A server that is recovered has the commits before a place in its log; a
/// session sees the transactions that had ended when it looked. The two differ for a moment around each commit, since a
/// transaction is first written to the log and then ends, and not all in the same order.
/// </summary>
internal static class SnapshotPosition
{
    /// <summary>The place before which lie all commits that the sessions see, and none that they do not.</summary>
    /// <param name="commits">The commits in the log, without a hole, up to one that no session sees.</param>
    /// <param name="snapshots">What the sessions see.</param>
    /// <returns>The start of the first commit that no session sees; null where there is no such place.</returns>
    public static Lsn? Find(IReadOnlyList<WalCommit> commits, IReadOnlyList<TransactionSnapshot> snapshots)
    {
        Lsn? position = null;
        foreach (WalCommit commit in commits)
        {
            if (commit.TransactionId is not { } transaction)
            {
                return null;
            }

            int seeing = snapshots.Count(snapshot => snapshot.Sees(transaction));
            if (position is null && seeing < snapshots.Count)
            {
                position = commit.Start;
            }

            if (position is not null && seeing > 0)
            {
                return null;
            }
        }

        return position;
    }
}
