using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql.Logs;

/// <summary>Follows the binary logs that come after a backup as far as there is no hole.</summary>
/// <remarks>A log is whole where the next one is there: a stream never begins the next one before (<see cref="BinlogStream"/>).
/// </remarks>
/// <param name="Reach">How far that is.</param>
/// <param name="Files">The logs on the way, in order.</param>
internal sealed record BinlogReach(RecoveryReach Reach, IReadOnlyList<LogFile> Files)
{
    /// <summary>Follows the logs.</summary>
    /// <exception cref="BackupException"><c>RecoveryTargetUnreachable</c>: the backup names no place in a log.</exception>
    public static BinlogReach Find(DatabaseFacts backup, LogCoverage logs)
    {
        if (!BinlogName.TryParse(backup.MySql?.LogFile, out BinlogName next))
        {
            throw new BackupException(
                BackupErrorKind.RecoveryTargetUnreachable,
                $"The backup of '{backup.Name}' says no place in a binary log: the server kept none when it was made.",
                "Set log_bin, restart the server, and make a backup.")
            {
                Subject = backup.Name,
            };
        }

        long end = backup.MySql!.LogPosition;
        string position = $"{next}:{end}";
        DateTimeOffset until = backup.ConsistentAt;
        List<LogFile> files = [];
        List<LogFile> later = [.. logs.Files.Where(file => BinlogName.TryParse(file.Name, out BinlogName name)
            && name.Base == next.Base && name.Number >= next.Number)];
        string start = position;
        long needed = end;
        while (later.Find(file => file.Name == next.ToString()) is { } file && file.Start == 0 && file.End >= needed)
        {
            files.Add(file);
            position = $"{file.Name}:{file.End}";
            until = file.Until > until ? file.Until : until;
            needed = 0;
            next = next.Next;
        }

        LogFile? beyond = later.Where(file => BinlogName.TryParse(file.Name, out BinlogName name) && !files.Contains(file)
            && name.Number >= next.Number).MinBy(static file => file.Until);
        LogHole? hole = beyond is null ? null : new LogHole(next.ToString(), beyond.Until);
        return new BinlogReach(new RecoveryReach(backup.ConsistentAt, start, until, position, hole), files);
    }
}
