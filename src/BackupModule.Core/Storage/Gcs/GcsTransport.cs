using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Sends requests with a token and within a time, and says in the engine's terms what kept them from an answer.
/// </summary>
internal sealed class GcsTransport : IDisposable
{
    private readonly HttpClient _client;
    private readonly GcsTokens? _tokens;
    private readonly TimeSpan _limit;
    private readonly string _location;

    /// <summary>A transport. Nothing is sent yet.</summary>
    /// <param name="settings">Proxy and certificate authorities.</param>
    /// <param name="tokens">The tokens; null to send none.</param>
    /// <param name="limits">How long a request may take with its answer, and at which rate.</param>
    /// <param name="location">The store, for messages.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: see <see cref="StoreHttp.CreateHandler"/>.</exception>
    public GcsTransport(StoreSettings settings, GcsTokens? tokens, GcsLimits limits, string location)
    {
        _client = StoreHttp.CreateClient(settings, limits.Traffic);
        _tokens = tokens;
        _limit = limits.Request;
        _location = location;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _tokens?.Dispose();
    }

    /// <summary>Sends a request with a token. One that the server does not take is renewed once.</summary>
    /// <param name="create">Makes the request, each time it is sent.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="action">What is tried, e.g. <c>read data/ab/…</c>.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">There was no whole answer, no token, or what <paramref name="read"/> throws.
    /// </exception>
    public Task<T> SendAsync<T>(
        Func<HttpRequestMessage> create,
        Func<GcsAnswer, Task<T>> read,
        string action,
        CancellationToken cancellationToken) => _tokens is { } tokens
            ? RunAsync(token => SendAsync(tokens, create, read, action, token), action, cancellationToken)
            : SendWithoutTokenAsync(create, read, action, cancellationToken);

    /// <summary>Sends a request that needs no token.</summary>
    /// <param name="create">Makes the request.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="action">What is tried, e.g. <c>read data/ab/…</c>.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">There was no whole answer, or what <paramref name="read"/> throws.</exception>
    public Task<T> SendWithoutTokenAsync<T>(
        Func<HttpRequestMessage> create,
        Func<GcsAnswer, Task<T>> read,
        string action,
        CancellationToken cancellationToken) => RunAsync(
            async token =>
            {
                using HttpRequestMessage request = create();
                using HttpResponseMessage response = await ExchangeAsync(request, token).ConfigureAwait(false);
                return await read(new GcsAnswer(response, action, _location, token)).ConfigureAwait(false);
            },
            action,
            cancellationToken);

    private async Task<T> SendAsync<T>(
        GcsTokens tokens,
        Func<HttpRequestMessage> create,
        Func<GcsAnswer, Task<T>> read,
        string action,
        CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = create();
        await tokens.AuthorizeAsync(request, cancellationToken).ConfigureAwait(false);
        using HttpResponseMessage response = await ExchangeAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized
            || !await tokens.RenewAsync(request, cancellationToken).ConfigureAwait(false))
        {
            return await read(new GcsAnswer(response, action, _location, cancellationToken)).ConfigureAwait(false);
        }

        using HttpRequestMessage again = create();
        await tokens.AuthorizeAsync(again, cancellationToken).ConfigureAwait(false);
        using HttpResponseMessage second = await ExchangeAsync(again, cancellationToken).ConfigureAwait(false);
        return await read(new GcsAnswer(second, action, _location, cancellationToken)).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> exchange, string action, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        try
        {
            return await exchange(limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (HttpFailures.IsOne(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw HttpFailures.Translate(failure, action, _location);
        }
    }
}
