using System;
using System.Text.Json;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A channel as the catalog keeps it: a JSON object of everything but its name.</summary>
internal static class ChannelJson
{
    public static StoredChannel Write(NotificationChannel channel) => new(
        channel.Name, JsonSerializer.Serialize(channel, ChannelJsonContext.Default.NotificationChannel));

    /// <exception cref="BackupException"><c>CatalogUnavailable</c>: the text is not what this version keeps.</exception>
    public static NotificationChannel Read(StoredChannel stored)
    {
        try
        {
            return JsonSerializer.Deserialize(stored.Json, ChannelJsonContext.Default.NotificationChannel) is { } channel
                ? channel with { Name = stored.Name }
                : throw Unreadable(stored, "it is empty", null);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw Unreadable(stored, failure.Message, failure);
        }
    }

    private static BackupException Unreadable(StoredChannel stored, string why, Exception? failure) => new(
        BackupErrorKind.CatalogUnavailable,
        $"The catalog's settings of the notification '{stored.Name}' cannot be read: {why}",
        "Update the module if a newer version wrote them; else make the notification again: Remove-BackupNotification, then "
            + "New-BackupNotification.",
        failure)
    {
        Subject = stored.Name,
    };
}
