using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Plans recoveries of a backup's databases with the log that is in the repository.</summary>
internal static class SqlServerRecovery
{
    /// <summary>Plans what is restored of one database.</summary>
    /// <exception cref="BackupException"><c>RecoveryTargetUnreachable</c>, with the nearest moment that is reached;
    /// <c>DatabaseUnsuitable</c>: targets of that kind SQL Server has not.</exception>
    public static PlannedRecovery Plan(SqlServerDatabaseFacts database, LogCoverage logs, RecoveryTarget target)
    {
        if (target.Position is not null || target.TransactionId is not null || target.RestorePoint is not null
            || target.Timeline is not null)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"A database of SQL Server is not recovered to {target}.",
                "Give a moment.");
        }

        if (target.IsBackupOnly)
        {
            return new PlannedRecovery(
                database,
                new RestoreChain(database.Set, database.Differential?.Set, [], database.Newest.FinishedAt),
                []);
        }

        Dictionary<BackupSet, LogFile> files = ReadLogs(database, logs);
        RestoreChainPlan plan = new RestoreChainPlanner([.. database.Sets, .. files.Keys]).Plan(target.Time);
        return plan.Chain is { } chain
            ? new PlannedRecovery(database, chain, [.. chain.Logs.Select(log => files[log])])
            : throw new BackupException(
            BackupErrorKind.RecoveryTargetUnreachable,
            $"The database '{database.Set.Database}' cannot be recovered to {target}. {plan.Reason}",
            plan.Nearest is null
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"Use an older backup: this one reaches from {database.Newest.FinishedAt:yyyy-MM-dd HH:mm:ss zzz} on.")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The nearest moment before it is {plan.Nearest.ReachedAt.ToOffset(database.Set.FinishedAt.Offset):yyyy-MM-dd HH:mm:ss.fff zzz}."))
        {
            Subject = database.Set.Database,
        };
    }

    /// <summary>The moments that all databases of a backup can be recovered to.</summary>
    public static RecoveryReach FindReach(DatabaseFacts backup, LogCoverage logs)
    {
        RecoveryReach? reach = null;
        foreach (SqlServerDatabaseFacts database in backup.SqlServer?.Databases ?? [])
        {
            Dictionary<BackupSet, LogFile> files = ReadLogs(database, logs);
            if (new RestoreChainPlanner([.. database.Sets, .. files.Keys]).Reach(database.Set) is { } chain
                && (reach is null || chain.ReachedAt < reach.To))
            {
                reach = new RecoveryReach(
                    backup.ConsistentAt,
                    database.Newest.Last.ToString(),
                    chain.ReachedAt,
                    chain.End.ToString(),
                    FindHole(chain, files.Keys));
            }
        }

        // A database without a log is restored to the backup alone.
        return reach is null || reach.To < backup.ConsistentAt
            ? new RecoveryReach(
                backup.ConsistentAt,
                reach?.FromPosition ?? string.Empty,
                backup.ConsistentAt,
                reach?.ToPosition ?? string.Empty,
                reach?.Hole)
            : reach;
    }

    private static Dictionary<BackupSet, LogFile> ReadLogs(SqlServerDatabaseFacts database, LogCoverage logs)
    {
        // That nothing came after the last log is noted at that log, and holds for all databases of the server.
        LogFile? last = logs.Files.MaxBy(static file => (SqlServerLogFile.BegunAt(file.Name), file.Until));
        Dictionary<BackupSet, LogFile> files = new(ReferenceEqualityComparer.Instance);
        foreach (LogFile file in logs.Files)
        {
            if (SqlServerLogFile.TryRead(file, database.Set, out BackupSet? log))
            {
                files.Add(log, file);
            }
        }

        if (files.Keys.MaxBy(static log => log.StartedAt) is { } newest && last!.Until > newest.StartedAt
            && files.Remove(newest, out LogFile? idle))
        {
            files.Add(newest with { StartedAt = last.Until }, idle);
        }

        return files;
    }

    private static LogHole? FindHole(RestoreChain chain, IEnumerable<BackupSet> logs) =>
        logs.Where(log => log.StartedAt > chain.ReachedAt && log.IsUsable).MinBy(static log => log.StartedAt) is { } resumed
            ? new LogHole($"{chain.End} to {resumed.First}", resumed.StartedAt)
            : null;
}

/// <summary>How a database of a backup is recovered.</summary>
/// <param name="Database">The database.</param>
/// <param name="Chain">What is restored.</param>
/// <param name="Files">The files of the chain's logs, in its order.</param>
internal sealed record PlannedRecovery(
    SqlServerDatabaseFacts Database, RestoreChain Chain, IReadOnlyList<LogFile> Files);
