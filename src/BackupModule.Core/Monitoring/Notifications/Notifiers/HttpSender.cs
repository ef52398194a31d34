using System;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Makes one HTTP request, and judges the answer.</summary>
/// <remarks>Redirections are not followed: they would take a secret to somebody else.</remarks>
internal sealed class HttpSender : IDisposable
{
    private const int MostRead = 4096;
    private const int MostShown = 300;

    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    /// <exception cref="BackupException"><c>InvalidArgument</c>: the file of authorities cannot be used.</exception>
    public HttpSender(WebTarget target, TimeProvider time)
    {
        _time = time;
        _client = new HttpClient(StoreHttp.CreateHandler(
            new StoreSettings { Proxy = target.Proxy, AuthorityFile = target.AuthorityFile }))
        {
            // Whoever calls limits the attempt.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("BackupModule", typeof(HttpSender).Assembly.GetName().Version?.ToString(3)));
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Posts a JSON object.</summary>
    /// <exception cref="SendException">See <see cref="INotifier.SendAsync"/>.</exception>
    /// <exception cref="BackupException">See <see cref="INotifier.SendAsync"/>.</exception>
    public async Task<HttpAnswer> PostAsync(Uri url, JsonObject content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, url)
        {
            Content = new StringContent(content.ToJsonString(), Encoding.UTF8, WebhookTarget.Json),
        };
        return await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the request.</summary>
    /// <returns>The answer, if it says that the request was carried out.</returns>
    /// <exception cref="SendException">See <see cref="INotifier.SendAsync"/>.</exception>
    /// <exception cref="BackupException">See <see cref="INotifier.SendAsync"/>.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string server = request.RequestUri!.Authority;
        try
        {
            using HttpResponseMessage response = await _client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            string text = await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? new HttpAnswer((int)response.StatusCode, text)
                : throw Refused(response, text, server);
        }
        catch (Exception failure) when (SendFailures.IsOfNetwork(failure))
        {
            throw SendFailures.OfNetwork(failure, server);
        }
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MostRead];
        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int length = await stream
                .ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            string text = NotificationText.Printable(Encoding.UTF8.GetString(buffer, 0, length)).Trim();
            return NotificationText.Cut(text, MostShown);
        }
    }

    private Exception Refused(HttpResponseMessage response, string text, string server)
    {
        int status = (int)response.StatusCode;
        string message = $"The server {server} answered {status}{(text.Length > 0 ? $": {text}" : ".")}";
        return status switch
        {
            408 or 425 or 429 or >= 500 => SendFailures.Passing(message, retryAfter: RetryAfter(response)),
            401 or 403 => SendFailures.Permanent(message, "Check the address and the token: the server does not accept them."),
            404 or 410 => SendFailures.Permanent(
                message, "Check the address: there is nothing behind it, or it was withdrawn by its owner."),
            >= 300 and < 400 => SendFailures.Permanent(
                message, "Give the address that the server redirects to: redirections are not followed."),
            _ => SendFailures.Permanent(message, "The server does not accept the message; check the channel's settings."),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };
}
