using System.Linq;
using System.Text.Json.Nodes;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>A notification as the JSON object that webhooks send.</summary>
internal static class NotificationJson
{
    /// <summary>The object. Members that do not apply are null, so that every notification has the same ones.</summary>
    public static string Write(Notification notification) => new JsonObject
    {
        ["event"] = notification.Event.ToString(),
        ["severity"] = notification.Severity.ToString(),
        ["title"] = notification.Title,
        ["message"] = new JsonArray([.. notification.Message.Select(static line => JsonValue.Create(line))]),
        ["policy"] = notification.PolicyName,
        ["repository"] = notification.RepositoryName,
        ["runId"] = notification.RunId,
        ["host"] = notification.HostName,
        ["time"] = NotificationText.Time(notification),
        ["exitCode"] = notification.ExitCode,
        ["facts"] = new JsonArray([.. notification.Facts.Select(static fact => new JsonObject
        {
            ["name"] = fact.Name,
            ["value"] = fact.Value,
        })]),
        ["error"] = notification.Error,
        ["guidance"] = notification.Guidance,
        ["recoveredFrom"] = notification.RecoveredFrom?.ToString(),
    }.ToJsonString();
}
