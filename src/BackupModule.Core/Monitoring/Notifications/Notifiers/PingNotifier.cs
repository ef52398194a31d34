using System;
using System.Globalization;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Pings a check of Healthchecks: <c>/start</c> when something begins, its exit code when it ends (0 is success),
/// <c>/fail</c> for a failure without one, and <c>/log</c> for everything else, which leaves the check as it is.</summary>
/// <remarks>The content is the summary; servers keep 10,000 bytes of it or more. Start and end of a run are tied together by
/// its id, which must be a UUID there.</remarks>
internal sealed class PingNotifier(HttpSender sender, Uri url) : INotifier
{
    private const int MostBytes = 10_000;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        byte[] summary = NotificationText.CutUtf8(
            $"{notification.Title}\n{NotificationText.Body(notification)}", MostBytes);
        using HttpRequestMessage request = new(HttpMethod.Post, Address(notification))
        {
            Content = new ByteArrayContent(summary),
        };
        request.Content.Headers.ContentType = new("text/plain", "utf-8");
        HttpAnswer answer = await sender.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.Text switch
        {
            // Both are answered with 200.
            "OK (not found)" => throw SendFailures.Permanent(
                "The server knows no check of this address.", "Check the address: it is shown on the page of the check."),
            "OK (rate limited)" => throw SendFailures.Passing(
                "The server takes no more pings for now.", "Give each policy a check of its own."),
            _ => answer.Describe(),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => sender.Dispose();

    private Uri Address(Notification notification)
    {
        string signal = notification switch
        {
            { Event: NotificationEvent.BackupStarted } => "/start",
            { ExitCode: { } code } => "/" + code.ToString(CultureInfo.InvariantCulture),
            { Event: NotificationEvent.BackupSucceeded or NotificationEvent.JobSucceeded
                or NotificationEvent.VerificationSucceeded } => string.Empty,
            { Event: NotificationEvent.BackupFailed or NotificationEvent.JobFailed
                or NotificationEvent.VerificationFailed } => "/fail",
            _ => "/log",
        };
        UriBuilder address = new(url) { Path = url.AbsolutePath.TrimEnd('/') + signal };
        if (notification.RunId is { } run)
        {
            address.Query = url.Query.Length > 0 ? $"{url.Query}&rid={RunUuid(run)}" : $"rid={RunUuid(run)}";
        }

        return address.Uri;
    }

    // An id of another form is turned into the same UUID each time (version 8 of RFC 9562, which is for such).
    private static Guid RunUuid(string run)
    {
        if (Guid.TryParse(run, out Guid uuid))
        {
            return uuid;
        }

        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes(run))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
