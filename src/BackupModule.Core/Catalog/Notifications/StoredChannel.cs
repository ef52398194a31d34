using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Notifications;

/// <summary>A channel of notifications as the catalog keeps it. Holds no secret.</summary>
/// <param name="Name">The name users type; case makes no difference.</param>
/// <param name="Json">The settings, as a JSON object.</param>
public sealed record StoredChannel(string Name, string Json)
{
    /// <summary>The failure of whoever asked for a channel that is not there.</summary>
    internal static BackupException NotFound(string name, Exception? inner = null) => new(
        BackupErrorKind.NotificationNotFound,
        $"There is no notification '{name}'.",
        "List the names with Get-BackupNotification, or make one with New-BackupNotification.",
        inner)
    {
        Subject = name,
    };

    /// <summary>The failure of whoever gave a channel the name of another one.</summary>
    internal static BackupException Taken(string name, Exception? inner = null) => new(
        BackupErrorKind.NotificationExists,
        $"There is a notification '{name}' already.",
        "Choose another name, or change that one with Set-BackupNotification.",
        inner)
    {
        Subject = name,
    };
}
