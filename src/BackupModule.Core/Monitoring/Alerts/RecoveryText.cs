using System;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Says that something is right again.</summary>
internal static class RecoveryText
{
    /// <summary>What is right again, and how long it was not.</summary>
    /// <param name="alert">The closed alert.</param>
    /// <param name="facts">The facts by which it was closed.</param>
    public static string Of(AlertRecord alert, WatchFacts facts)
    {
        TimeSpan length = (alert.ClosedAt - alert.OpenedAt)?.Duration() ?? TimeSpan.Zero;
        return $"{What(alert, facts)} The alert was open for {HumanUnits.Span(length)}.";
    }

    private static string What(AlertRecord alert, WatchFacts facts)
    {
        PolicyFacts? policy = facts.Policies.FirstOrDefault(
            known => string.Equals(known.Name, alert.PolicyName, StringComparison.OrdinalIgnoreCase));
        if (alert.PolicyName is { } name && policy is null)
        {
            return $"The policy '{name}' is gone, or has nothing to back up.";
        }

        RepositoryWatch? repository = facts.FindRepository(alert.Subject);
        return policy is null && repository is null
            ? $"The repository '{alert.Subject}' is not registered."
            : alert.Kind switch
            {
                AlertKind.BackupFailed => $"A backup of '{policy?.Name}' went well again.",
                AlertKind.BackupMissing => $"'{policy?.Name}' has a recent backup again{NewestBackup(policy, facts)}.",
                AlertKind.BackupTooSmall or AlertKind.BackupTooLarge =>
                    $"The size of the last backup of '{policy?.Name}' is not unusual.",
                AlertKind.VerificationFailed when policy is not null =>
                    $"The last restore test of '{policy.Name}' found no damage.",
                AlertKind.VerificationFailed => $"Checks of '{repository?.Name}' find no damage.",
                AlertKind.StorageLow => $"The volume of '{repository?.Name}' has room again{Room(repository)}.",
                AlertKind.LogStreamFailed => $"The log of '{alert.Subject}' of '{policy?.Name}' is streamed again.",
                AlertKind.ScheduleOverdue => $"'{alert.Subject}' of '{policy?.Name}' is not overdue.",
                _ => $"'{alert.Subject}' of '{policy?.Name}' is in order again.",
            };
    }

    private static string NewestBackup(PolicyFacts? policy, WatchFacts facts) =>
        policy is not null && RecoveryPoint.Of(policy, facts.Now).Backup is { } backup
            ? $", of {AlertText.Ago(backup.StartedAt, facts.Now)}"
            : string.Empty;

    private static string Room(RepositoryWatch? repository) => repository?.Space is { } space
        ? $": {HumanUnits.Size(space.FreeBytes)} of {HumanUnits.Size(space.TotalBytes)} are free"
        : string.Empty;
}
