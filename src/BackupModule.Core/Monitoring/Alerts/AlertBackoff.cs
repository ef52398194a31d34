using System;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>How often somebody is told of the same alert.</summary>
internal static class AlertBackoff
{
    /// <summary>An alert that comes back so soon after it closed goes on with the old one's count, so that what comes and
    /// goes is told no more often than what stays.</summary>
    public static TimeSpan HoldDown { get; } = TimeSpan.FromHours(6);

    /// <summary>True if it is time to tell of an open alert: at once; of a critical one again after 6 hours and then every
    /// day; of a warning again after a day and then every week; of anything less never again.</summary>
    public static bool IsDue(AlertRecord alert, DateTimeOffset now) =>
        alert.NotifiedAt is not { } told || (Pause(alert) is { } pause && now - told >= pause);

    private static TimeSpan? Pause(AlertRecord alert) => (alert.Severity, alert.Notifications) switch
    {
        (AlertSeverity.Critical, <= 1) => TimeSpan.FromHours(6),
        (AlertSeverity.Critical, _) => TimeSpan.FromDays(1),
        (AlertSeverity.Warning, <= 1) => TimeSpan.FromDays(1),
        (AlertSeverity.Warning, _) => TimeSpan.FromDays(7),
        _ => null,
    };
}
