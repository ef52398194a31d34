using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Posts an Adaptive Card to a workflow of Microsoft Teams that was made from "when a webhook request is received".
/// </summary>
/// <remarks>A message may have 28 KB. All texts are runs of rich text blocks, which Teams shows as they are: text blocks and
/// fact sets would read them as Markdown.</remarks>
internal sealed class TeamsNotifier(HttpSender sender, Uri url) : INotifier
{
    private const string CardType = "application/vnd.microsoft.card.adaptive";
    private const int MostInTitle = 250;
    private const int MostLines = 25;
    private const int MostInLine = 400;
    private const int MostFacts = 20;
    private const int MostInFact = 200;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        HttpAnswer answer = await sender.PostAsync(url, Payload(notification), cancellationToken).ConfigureAwait(false);

        // Connectors of the old kind answer 200 and say in the text that it was not delivered.
        return answer.Text.StartsWith("Webhook message delivery failed", StringComparison.OrdinalIgnoreCase)
            ? throw SendFailures.Passing(
                $"Teams did not deliver the message: {answer.Text}", "Check the channel and its workflow in Teams.")
            : answer.Describe();
    }

    /// <inheritdoc/>
    public void Dispose() => sender.Dispose();

    private static JsonObject Payload(Notification notification)
    {
        string color = notification.Severity switch
        {
            AlertSeverity.Info => "Good",
            AlertSeverity.Warning => "Warning",
            _ => "Attention",
        };
        JsonArray body =
        [
            Block("Default", new JsonObject
            {
                ["type"] = "TextRun",
                ["text"] = NotificationText.Cut(SeverityLook.Title(notification), MostInTitle),
                ["size"] = "Large",
                ["weight"] = "Bolder",
                ["color"] = color,
            }),
        ];
        foreach (string line in NotificationText.Lines(notification).Take(MostLines))
        {
            body.Add(Block("Small", Run(NotificationText.Cut(line, MostInLine))));
        }

        foreach (NotificationFact fact in NotificationText.Facts(notification).Take(MostFacts))
        {
            JsonObject name = Run(NotificationText.Cut(fact.Name, MostInFact) + ": ");
            name["weight"] = "Bolder";
            body.Add(Block("None", name, Run(NotificationText.Cut(fact.Value, MostInFact))));
        }

        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = CardType,
                ["contentUrl"] = null,
                ["content"] = new JsonObject
                {
                    ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                    ["type"] = "AdaptiveCard",
                    ["version"] = "1.4",
                    ["msteams"] = new JsonObject { ["width"] = "Full" },
                    ["body"] = body,
                },
            }),
        };
    }

    private static JsonObject Block(string spacing, params JsonNode[] runs) =>
        new() { ["type"] = "RichTextBlock", ["spacing"] = spacing, ["inlines"] = new JsonArray(runs) };

    private static JsonObject Run(string text) => new() { ["type"] = "TextRun", ["text"] = text };
}
