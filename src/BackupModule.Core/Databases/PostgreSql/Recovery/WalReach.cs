using System.Linq;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Wal;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>How far the log goes on from a base backup without a hole.</summary>
internal static class WalReach
{
    /// <summary>Follows the log from the segment in which the backup becomes consistent; up to there, the backup has the log
    /// itself.</summary>
    public static RecoveryReach Find(DatabaseFacts backup, LogCoverage logs)
    {
        PostgreSqlFacts facts = backup.PostgreSql!;
        WalCoverage coverage = new(logs, facts.WalSegmentSize);
        Lsn end = Lsn.Parse(facts.EndLsn);
        RecoveryReach reach = new(
            backup.ConsistentAt, facts.EndLsn, backup.ConsistentAt, facts.FingerprintLsn ?? facts.EndLsn, Hole: null);

        // A backup that ends where a segment does needs nothing of the next one.
        WalFileName segment = WalFileName.Of(facts.Timeline, new Lsn(end.Value - 1), facts.WalSegmentSize);
        while (true)
        {
            LogFile? file = coverage.Find(segment);
            if (file is not null)
            {
                reach = reach with
                {
                    To = file.Until > reach.To ? file.Until : reach.To,
                    ToPosition = Max(Lsn.Parse(reach.ToPosition), new Lsn(segment.Start(facts.WalSegmentSize).Value + (ulong)file.End)).ToString(),
                };
                if (file.End == facts.WalSegmentSize)
                {
                    segment = segment.Next();
                    continue;
                }
            }

            // A timeline ends within a segment, of which the next one has its own copy.
            uint next = coverage.Timelines.FirstOrDefault(timeline =>
                timeline > segment.Timeline && coverage.Find(segment with { Timeline = timeline }) is not null);
            if (next == 0)
            {
                LogFile? after = coverage.FindNext(segment);
                return after is null
                    ? reach
                    : reach with { Hole = new LogHole(segment.ToString(facts.WalSegmentSize), after.Until) };
            }

            segment = segment with { Timeline = next };
        }
    }

    private static Lsn Max(Lsn left, Lsn right) => left > right ? left : right;
}
