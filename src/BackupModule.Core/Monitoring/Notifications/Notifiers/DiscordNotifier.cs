using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Posts an embed to a webhook of Discord.</summary>
/// <remarks>An embed may have 256 characters of title, 4096 of description, 25 fields of 256 and 1024, and 6000 in all.
/// Markdown is escaped, and nobody is mentioned, whatever a text holds.</remarks>
internal sealed partial class DiscordNotifier(HttpSender sender, Uri url) : INotifier
{
    private const int MostInTitle = 256;
    private const int MostInDescription = 3000;
    private const int MostFields = 25;
    private const int MostInName = 256;
    private const int MostInValue = 1024;
    private const int MostInAll = 6000;

    // Asks for the message that was made; without it, the answer is empty.
    private readonly Uri _url = new UriBuilder(url)
    {
        Query = url.Query.Length > 0 ? $"{url.Query}&wait=true" : "wait=true",
    }.Uri;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken) =>
        (await sender.PostAsync(_url, Payload(notification), cancellationToken).ConfigureAwait(false)).Describe();

    /// <inheritdoc/>
    public void Dispose() => sender.Dispose();

    private static JsonObject Payload(Notification notification)
    {
        string title = NotificationText.Cut(Escape(SeverityLook.Title(notification)), MostInTitle);
        string description = NotificationText.Cut(
            Escape(string.Join('\n', NotificationText.Lines(notification))), MostInDescription);
        return new JsonObject
        {
            ["embeds"] = new JsonArray(new JsonObject
            {
                ["title"] = title,
                ["description"] = description,
                ["color"] = SeverityLook.Of(notification.Severity).Color,
                ["timestamp"] = notification.Time.ToString("O"),
                ["fields"] = Fields(notification, MostInAll - title.Length - description.Length),
            }),
            ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() },
        };
    }

    private static JsonArray Fields(Notification notification, int room)
    {
        JsonArray fields = [];
        foreach ((string name, string value) in NotificationText.Facts(notification).Take(MostFields).Select(Shown))
        {
            room -= name.Length + value.Length;
            if (room < 0)
            {
                break;
            }

            fields.Add(new JsonObject { ["name"] = name, ["value"] = value, ["inline"] = true });
        }

        return fields;
    }

    private static KeyValuePair<string, string> Shown(NotificationFact fact) => new(
        NotificationText.Cut(Escape(fact.Name), MostInName), NotificationText.Cut(Escape(fact.Value), MostInValue));

    // Fields must not be empty.
    private static string Escape(string text) => text.Length > 0 ? Markdown().Replace(text, @"\$0") : "-";

    [GeneratedRegex(@"[\\*_~`|>\[\]#-]")]
    private static partial Regex Markdown();
}
