using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>How chat services show a severity.</summary>
/// <param name="Symbol">The sign before the title.</param>
/// <param name="Color">Red, green and blue, a byte each.</param>
internal sealed record SeverityLook(string Symbol, int Color)
{
    public static SeverityLook Of(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => new SeverityLook("✅", 0x2EB67D),
        AlertSeverity.Warning => new SeverityLook("⚠️", 0xECB22E),
        _ => new SeverityLook("🔴", 0xE01E5A),
    };

    /// <summary>The title behind its sign, on one line.</summary>
    public static string Title(Notification notification) =>
        $"{Of(notification.Severity).Symbol} {NotificationText.Printable(notification.Title)}";
}
