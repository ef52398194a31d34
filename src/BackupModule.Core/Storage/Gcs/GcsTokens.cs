using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Http;
using Google.Apis.Auth.OAuth2;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Puts tokens on requests. They are kept until shortly before they expire.</summary>
internal sealed class GcsTokens : IDisposable
{
    private readonly SocketsHttpHandler _handler;
    private readonly GcsCredentials _credentials;
    private readonly string _location;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private GoogleCredential? _credential;

    /// <summary>Tokens for the settings. Nothing is read or sent yet.</summary>
    public GcsTokens(StoreSettings settings, Func<string, string?> environment, string location)
    {
        _handler = StoreHttp.CreateHandler(settings);
        _credentials = new GcsCredentials(settings, environment, _handler, location);
        _location = location;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handler.Dispose();
        _gate.Dispose();
    }

    /// <summary>Puts a token on a request.</summary>
    /// <exception cref="BackupException"><c>CredentialMissing</c>, <c>CredentialInvalid</c>, <c>ClockSkewed</c>, or
    /// <c>StorageFailure</c> where the server of tokens fails.</exception>
    public async Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        GoogleCredential credential = await CredentialAsync(cancellationToken).ConfigureAwait(false);
        AccessTokenWithHeaders token = await TryAsync(() => TokenAsync(credential, request, cancellationToken))
            .ConfigureAwait(false);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.AccessToken);
        token.AddHeaders(request);
    }

    /// <summary>Gets another token after the server refused a request's.</summary>
    /// <returns>False if these credentials have no other.</returns>
    /// <exception cref="BackupException">As for <see cref="AuthorizeAsync"/>.</exception>
    public async Task<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken)
    {
        GoogleCredential credential = await CredentialAsync(cancellationToken).ConfigureAwait(false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await TryAsync(() => RenewAsync(credential, refused, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static Task<AccessTokenWithHeaders> TokenAsync(
        GoogleCredential credential, HttpRequestMessage request, CancellationToken cancellationToken) =>
        ((ITokenAccessWithHeaders)credential).GetAccessTokenWithHeadersForRequestAsync(
            request.RequestUri!.GetLeftPart(UriPartial.Authority), cancellationToken);

    // Of many requests that are refused at once, the first renews the token for all.
    private static async Task<bool> RenewAsync(
        GoogleCredential credential, HttpRequestMessage refused, CancellationToken cancellationToken)
    {
        AccessTokenWithHeaders current = await TokenAsync(credential, refused, cancellationToken).ConfigureAwait(false);
        return current.AccessToken != refused.Headers.Authorization?.Parameter
            || credential.UnderlyingCredential switch
            {
                ServiceCredential account => await account.RequestAccessTokenAsync(cancellationToken)
                    .ConfigureAwait(false),
                UserCredential user => await user.RefreshTokenAsync(cancellationToken).ConfigureAwait(false),
                _ => false,
            };
    }

    private async Task<GoogleCredential> CredentialAsync(CancellationToken cancellationToken)
    {
        if (_credential is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _credential ??= await _credentials.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception failure) when (GcsCredentialErrors.IsAboutToken(failure))
        {
            throw GcsCredentialErrors.Refused(failure, _location);
        }
    }
}
