using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.Logs;

namespace BackupModule.Core.Recovery;

/// <summary>A range of moments that a database can be recovered to without a hole.</summary>
/// <param name="From">The earliest one.</param>
/// <param name="To">The latest one.</param>
/// <param name="FromPosition">The log position of the earliest, in the engine's own words.</param>
/// <param name="ToPosition">The log position of the latest.</param>
/// <param name="Backups">The backups that moments of it are reached from, the oldest first.</param>
/// <param name="Hole">What is missing after it; null where there is no more log.</param>
public sealed record RecoveryWindow(
    DateTimeOffset From,
    DateTimeOffset To,
    string FromPosition,
    string ToPosition,
    IReadOnlyList<DatabaseBackup> Backups,
    LogHole? Hole)
{
    /// <summary>Joins what backups reach: ranges that overlap are one.</summary>
    /// <param name="reaches">The reaches of a database's backups.</param>
    public static IReadOnlyList<RecoveryWindow> Join(IEnumerable<(DatabaseBackup Backup, RecoveryReach Reach)> reaches)
    {
        List<RecoveryWindow> windows = [];
        foreach ((DatabaseBackup backup, RecoveryReach reach) in reaches.OrderBy(static item => item.Reach.From))
        {
            if (windows is [.., { } last] && reach.From <= last.To)
            {
                windows[^1] = last with
                {
                    To = reach.To > last.To ? reach.To : last.To,
                    ToPosition = reach.To > last.To ? reach.ToPosition : last.ToPosition,
                    Hole = reach.To >= last.To ? reach.Hole : last.Hole,
                    Backups = [.. last.Backups, backup],
                };
            }
            else
            {
                windows.Add(new RecoveryWindow(reach.From, reach.To, reach.FromPosition, reach.ToPosition, [backup], reach.Hole));
            }
        }

        return windows;
    }
}
