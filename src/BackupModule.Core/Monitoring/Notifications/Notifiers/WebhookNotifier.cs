using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Sends the content that a template makes, or a JSON object of everything, with a signature if there is a key.
/// </summary>
/// <param name="sender">Sends it.</param>
/// <param name="url">Where to.</param>
/// <param name="target">The settings.</param>
/// <param name="headers">Further headers, with their secrets.</param>
/// <param name="signingKey">The key; null to sign nothing.</param>
/// <param name="time">The clock of the signature.</param>
internal sealed class WebhookNotifier(
    HttpSender sender,
    Uri url,
    WebhookTarget target,
    IReadOnlyDictionary<string, string> headers,
    byte[]? signingKey,
    TimeProvider time) : INotifier
{
    private readonly WebhookTemplate? _template = target.Template is { } text
        ? WebhookTemplate.Parse(text, target.ContentType)
        : null;

    // The same for all attempts, so that a receiver can tell a repetition.
    private readonly string _delivery = Guid.NewGuid().ToString();

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        byte[] content = Encoding.UTF8.GetBytes(_template?.Render(notification) ?? NotificationJson.Write(notification));
        using HttpRequestMessage request = new(new HttpMethod(target.Method), url)
        {
            Content = new ByteArrayContent(content),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(target.ContentType);
        request.Headers.Add("X-Delivery-Id", _delivery);
        foreach ((string name, string value) in headers)
        {
            if (value.Any(char.IsControl) || !request.Headers.TryAddWithoutValidation(name, value))
            {
                throw SendFailures.Permanent(
                    $"The value of the header {name} cannot be sent.", "See that the secret is one line of text.");
            }
        }

        if (signingKey is not null)
        {
            string timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Make(signingKey, timestamp, content));
        }

        return (await sender.SendAsync(request, cancellationToken).ConfigureAwait(false)).Describe();
    }

    /// <inheritdoc/>
    public void Dispose() => sender.Dispose();
}
