using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Publishes to a topic of an ntfy server, as JSON to the server's root.</summary>
/// <remarks>A longer message than 4096 bytes would become an attachment.</remarks>
internal sealed class NtfyNotifier : INotifier
{
    private const int MostInTitle = 250;
    private const int MostBytes = 4000;

    private readonly HttpSender _sender;
    private readonly Uri _server;
    private readonly string _topic;
    private readonly string? _token;

    public NtfyNotifier(HttpSender sender, Uri url, string? token)
    {
        _sender = sender;
        (_server, _topic) = NtfyTarget.Split(url);
        _token = token;
    }

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, _server)
        {
            Content = new StringContent(Payload(notification).ToJsonString(), Encoding.UTF8, WebhookTarget.Json),
        };
        if (_token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        }

        return (await _sender.SendAsync(request, cancellationToken).ConfigureAwait(false)).Describe();
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    private JsonObject Payload(Notification notification)
    {
        (int priority, string tag) = notification.Severity switch
        {
            AlertSeverity.Info => (3, "white_check_mark"),
            AlertSeverity.Warning => (4, "warning"),
            _ => (5, "rotating_light"),
        };
        byte[] message = NotificationText.CutUtf8(NotificationText.Body(notification).TrimEnd(), MostBytes);
        return new JsonObject
        {
            ["topic"] = _topic,
            ["title"] = NotificationText.Cut(NotificationText.Printable(notification.Title), MostInTitle),
            ["message"] = Encoding.UTF8.GetString(message),
            ["priority"] = priority,
            ["tags"] = new JsonArray(tag),
        };
    }
}
