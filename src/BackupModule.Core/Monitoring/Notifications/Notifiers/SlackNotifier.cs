using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Posts to an incoming webhook of Slack: a header, the message, and the figures as fields.</summary>
/// <remarks>Limits are those of Block Kit: 150 characters of a header, 3000 of a section, ten fields of 2000. Text is plain,
/// or escaped, so that nothing in it becomes a link or a mention.</remarks>
internal sealed class SlackNotifier(HttpSender sender, Uri url) : INotifier
{
    private const int MostInHeader = 150;
    private const int MostInSection = 3000;
    private const int MostInField = 2000;
    private const int MostFields = 10;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken) =>
        (await sender.PostAsync(url, Payload(notification), cancellationToken).ConfigureAwait(false)).Describe();

    /// <inheritdoc/>
    public void Dispose() => sender.Dispose();

    private static JsonObject Payload(Notification notification)
    {
        string title = SeverityLook.Title(notification);
        JsonArray blocks = [new JsonObject { ["type"] = "header", ["text"] = Plain(title, MostInHeader) }];
        string message = string.Join('\n', NotificationText.Lines(notification));
        if (message.Length > 0)
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Plain(message, MostInSection) });
        }

        JsonArray fields = [.. NotificationText.Facts(notification).Take(MostFields).Select(Field)];
        blocks.Add(new JsonObject { ["type"] = "section", ["fields"] = fields });

        // Shown where blocks are not, such as in the banner of a phone.
        return new JsonObject { ["text"] = Escape(NotificationText.Cut(title, MostInSection)), ["blocks"] = blocks };
    }

    private static JsonObject Plain(string text, int length) =>
        new() { ["type"] = "plain_text", ["text"] = NotificationText.Cut(text, length), ["emoji"] = false };

    private static JsonObject Field(NotificationFact fact) => new()
    {
        ["type"] = "mrkdwn",
        ["text"] = NotificationText.Cut($"*{Escape(fact.Name)}*\n{Escape(fact.Value)}", MostInField),
    };

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
