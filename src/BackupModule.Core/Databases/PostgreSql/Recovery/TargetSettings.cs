using System;
using System.Collections.Generic;
using System.Globalization;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>A target as the server's settings say it, and whether it is within reach.</summary>
internal static class TargetSettings
{
    /// <summary>The settings of a target.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(RecoveryTarget target)
    {
        yield return new("recovery_target_action", "promote");
        yield return new("recovery_target_timeline", target.Timeline ?? "latest");
        yield return new("recovery_target_inclusive", target.IsExclusive ? "off" : "on");
        if (target.Time is { } time)
        {
            yield return new("recovery_target_time", time.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture));
        }
        else if (target.Position is { } position)
        {
            yield return new("recovery_target_lsn", position);
        }
        else if (target.TransactionId is { } transaction)
        {
            yield return new("recovery_target_xid", transaction);
        }
        else if (target.RestorePoint is { } name)
        {
            yield return new("recovery_target_name", name);
        }
        else if (target.IsBackupOnly)
        {
            yield return new("recovery_target", "immediate");
        }
    }

    /// <summary>Refuses what cannot be reached, before anything is restored.</summary>
    /// <exception cref="BackupException"><c>RecoveryTargetUnreachable</c>, with the nearest moment that can; <c>InvalidArgument</c>:
    /// it is no position.</exception>
    public static void Require(RecoveryTarget target, string databaseName, RecoveryReach reach)
    {
        if (target.Time is { } time)
        {
            if (time < reach.From)
            {
                throw Refuse($"the backup stands for {Show(reach.From)}, and nothing before it can be reached from it", reach.From);
            }

            if (time > reach.To)
            {
                throw Refuse(DescribeEnd(reach), reach.To);
            }
        }
        else if (target.Position is { } text)
        {
            Lsn position = Lsn.TryParse(text, out Lsn parsed)
                ? parsed
                : throw new BackupException(
                    BackupErrorKind.InvalidArgument, $"'{text}' is no position in PostgreSQL's log.", "Write it as 16/B374D848.");
            if (position < Lsn.Parse(reach.FromPosition) || position > Lsn.Parse(reach.ToPosition))
            {
                throw Refuse($"positions from {reach.FromPosition} to {reach.ToPosition} can be reached", reach.To);
            }
        }
        else if (target.IsLatest && reach.Hole is not null)
        {
            throw Refuse(DescribeEnd(reach), reach.To);
        }

        BackupException Refuse(string why, DateTimeOffset nearest) => new(
            BackupErrorKind.RecoveryTargetUnreachable,
            $"The database '{databaseName}' cannot be recovered to {target}: {why}.",
            $"The nearest moment that can be reached from this backup is {nearest:yyyy-MM-ddTHH:mm:ss.fffzzz}. "
            + "Get-BackupRecoveryWindow shows what other backups reach.")
        {
            Subject = databaseName,
        };
    }

    private static string DescribeEnd(RecoveryReach reach) => reach.Hole is { } hole
        ? $"the log has a hole: {hole.Missing} is missing, and the log before it ends at {Show(reach.To)}"
        : reach.To == reach.From
            ? $"there is no log after the backup of {Show(reach.From)}"
            : $"the log ends at {Show(reach.To)}";

    private static string Show(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
}
