using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Objects in a bucket of Google Cloud Storage, below a prefix, through its JSON API.</summary>
/// <remarks>Content is uploaded with its checksum, so the server refuses what was damaged on its way, and shows an object
/// whole or not at all. Reads and listings are strongly consistent. Unfinished uploads are not shown, cost nothing and are
/// forgotten by the server after a week.</remarks>
public sealed class GcsObjectStore : IObjectStore, IDisposable
{
    private const int ItemsOfPage = 1000;

    private readonly string _prefix;
    private readonly string? _contentsClass;
    private readonly GcsLimits _limits;
    private readonly GcsRequests _requests;
    private readonly GcsTransport _transport;
    private readonly GcsResumableUpload _resumable;

    /// <summary>A store at the location. Nothing is read or sent yet.</summary>
    /// <param name="location">Bucket and prefix.</param>
    /// <param name="settings">How it is reached.</param>
    /// <param name="secrets">The secrets that the settings refer to.</param>
    /// <param name="throttle">The rate of its traffic; null for as fast as it goes.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: see the settings.</exception>
    public GcsObjectStore(
        StoreLocation location, StoreSettings settings, StoreSecrets secrets, Throttle? throttle = null)
        : this(
            location,
            settings,
            secrets,
            new GcsLimits { Traffic = new HttpTraffic { Throttle = throttle } },
            Environment.GetEnvironmentVariable)
    {
    }

    internal GcsObjectStore(
        StoreLocation location,
        StoreSettings settings,
        StoreSecrets secrets,
        GcsLimits limits,
        Func<string, string?> environment)
    {
        Location = location.Text;
        _prefix = location.Prefix;
        _contentsClass = settings.StorageClass;
        _limits = limits;
        GcsEndpoint endpoint = GcsEndpoint.Of(settings, environment);
        _requests = new GcsRequests(endpoint, location.Bucket, settings, secrets);
        _transport = new GcsTransport(
            settings,
            endpoint.IsAnonymous ? null : new GcsTokens(settings, environment, Location),
            limits,
            Location);
        _resumable = new GcsResumableUpload(_transport, _requests, limits.Chunk, Location);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    /// <inheritdoc/>
    /// <remarks>A bucket has no folders; this finds out whether it is there.</remarks>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        ListPageAsync(string.Empty, null, 1, cancellationToken);

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UploadAsync(
            new GcsUpload(_prefix + key, key, content, onlyIfNone: false, storageClass: null), cancellationToken);

    /// <inheritdoc/>
    public Task PutContentsAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UploadAsync(
            new GcsUpload(_prefix + key, key, content, onlyIfNone: false, _contentsClass), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryCreateAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UploadAsync(new GcsUpload(_prefix + key, key, content, onlyIfNone: true, storageClass: null), cancellationToken);

    /// <inheritdoc/>
    public async Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken)
    {
        GcsItem? found = await _transport.SendAsync(
            () => _requests.Look(_prefix + key),
            async answer => answer.Status == HttpStatusCode.NotFound ? null
                : answer.IsSuccess ? await answer.ReadAsync(GcsJsonContext.Default.GcsItem).ConfigureAwait(false)
                : throw await answer.ExplainAsync().ConfigureAwait(false),
            $"look at {key}",
            cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            await RequireBucketAsync(cancellationToken).ConfigureAwait(false);
        }

        return found?.Size;
    }

    /// <inheritdoc/>
    public async Task ReadAsync(
        string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (destination.IsEmpty)
        {
            await EmptyRange.ReadAsync(this, key, offset, cancellationToken).ConfigureAwait(false);
            return;
        }

        bool isThere = await _transport.SendAsync(
            () => _requests.Read(_prefix + key, offset, destination.Length),
            answer => ReadAsync(answer, key, offset, destination),
            $"read {key}",
            cancellationToken).ConfigureAwait(false);
        if (!isThere)
        {
            await RequireBucketAsync(cancellationToken).ConfigureAwait(false);
            throw ObjectErrors.Missing(key, Location);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => new PagedListing(
        async (next, token) =>
        {
            GcsPage page = await ListPageAsync(prefix, next, ItemsOfPage, token).ConfigureAwait(false);
            return new ListingPage(
                (page.Items ?? [])
                    .Where(static item => item.Name?.EndsWith('/') == false)
                    .Select(item => new StoredObject(item.Name![_prefix.Length..], item.Size)),
                page.NextPageToken);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => _transport.SendAsync(
        () => _requests.Delete(_prefix + key),
        async answer => answer.IsSuccess || answer.Status == HttpStatusCode.NotFound
            ? true
            : throw await answer.ExplainAsync().ConfigureAwait(false),
        $"delete {key}",
        cancellationToken);

    private Task<bool> UploadAsync(GcsUpload upload, CancellationToken cancellationToken) =>
        upload.Content.Length > _limits.WholeUpTo
            ? _resumable.RunAsync(upload, cancellationToken)
            : _transport.SendAsync(
                () => _requests.UploadWhole(upload), answer => IsStoredAsync(answer, upload), upload.Action, cancellationToken);

    private static async Task<bool> IsStoredAsync(GcsAnswer answer, GcsUpload upload)
    {
        if (answer.IsSuccess)
        {
            await answer.RequireStoredAsync(upload).ConfigureAwait(false);
            return true;
        }

        GcsRefusal refusal = await answer.ReadRefusalAsync().ConfigureAwait(false);
        return GcsErrors.IsForestalled(answer.Status, refusal, upload)
            ? false
            : throw answer.Explain(refusal);
    }

    // False if there is no such object.
    private async Task<bool> ReadAsync(GcsAnswer answer, string key, long offset, Memory<byte> destination)
    {
        if (answer.Status == HttpStatusCode.NotFound)
        {
            return false;
        }

        if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw ObjectErrors.TooShort(key, Location, offset, destination.Length);
        }

        if (!answer.IsSuccess)
        {
            throw await answer.ExplainAsync().ConfigureAwait(false);
        }

        HttpContentHeaders headers = answer.Content.Headers;
        if (answer.Status != HttpStatusCode.PartialContent || headers.ContentRange?.From != offset)
        {
            throw WrongRange(key);
        }

        if (headers.ContentRange.To != offset + destination.Length - 1)
        {
            throw ObjectErrors.TooShort(key, Location, offset, destination.Length);
        }

        Stream content = await answer.Content.ReadAsStreamAsync(answer.CancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            await content.ReadExactlyAsync(destination, answer.CancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private Task<GcsPage> ListPageAsync(
        string prefix, string? pageToken, int limit, CancellationToken cancellationToken) => _transport.SendAsync(
            () => _requests.List(_prefix + prefix, pageToken, limit),
            async answer => answer.IsSuccess
                ? await answer.ReadAsync(GcsJsonContext.Default.GcsPage).ConfigureAwait(false)
                : throw await answer.ExplainAsync().ConfigureAwait(false),
            "list objects",
            cancellationToken);

    // What the server does not find may be the bucket; a listing tells.
    private async Task RequireBucketAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ListPageAsync(string.Empty, null, 1, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.AccessDenied)
        {
            // A bucket that may not be listed is there.
        }
    }

    private BackupException WrongRange(string key) => new(
        BackupErrorKind.StorageFailure,
        $"Cannot read {key} in {Location}: the server answered with another range than it was asked for.",
        "Check -Endpoint, and whether a proxy answers in its place.")
    {
        Subject = key,
    };
}
