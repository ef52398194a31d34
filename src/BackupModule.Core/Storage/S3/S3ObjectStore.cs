using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Storage.S3;

/// <summary>Objects in a bucket of a server that speaks S3's protocol, below a prefix.</summary>
/// <remarks>Each object is put with one request, whose content is signed, so the server refuses what was damaged on its
/// way and shows an object whole or not at all. A pack has at most 128 MB, of the 5 GB that a request may carry, and is in
/// memory for as long as it takes: parts would spare a broken upload less than one pack, and cost two requests more,
/// pieces that are paid for after a crash, and on some servers the condition that there be no such object. Unfinished
/// uploads in parts, which others may have begun, are in no listing. Servers that are not strongly consistent may list late; what reads
/// listings is prepared for that (see <c>docs/reliability.md</c>).</remarks>
public sealed class S3ObjectStore : IObjectStore, IStoreFeatures, IStoreUpkeep, IDisposable
{
    private const string OnlyIfNone = "*";

    private readonly IAmazonS3 _client;
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly S3Preset _preset;
    private readonly string? _contentsClass;
    private readonly S3Requests _requests;
    private readonly S3Retention _retention;

    // Null until a server that may or may not keep to conditions was tried.
    private bool? _keepsConditions;

    // A server's answer to a question about an object is the same whether the object or its bucket is missing.
    private volatile bool _isBucketThere;

    /// <summary>A store at the location. Nothing is sent yet.</summary>
    /// <param name="location">The bucket and the prefix in it.</param>
    /// <param name="settings">How it is reached.</param>
    /// <param name="secrets">The secrets that the settings refer to.</param>
    /// <param name="policy">The locks that puts get; null for none.</param>
    /// <param name="throttle">The rate of its traffic; null for as fast as it goes.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, <c>CredentialMissing</c>: see the settings.</exception>
    public S3ObjectStore(
        StoreLocation location,
        StoreSettings settings,
        StoreSecrets secrets,
        RetentionPolicy? policy = null,
        Throttle? throttle = null)
        : this(location, settings, secrets, policy, TimeProvider.System, new HttpTraffic { Throttle = throttle })
    {
    }

    /// <summary>As the public one, with a clock that locks are reckoned by.</summary>
    internal S3ObjectStore(
        StoreLocation location,
        StoreSettings settings,
        StoreSecrets secrets,
        RetentionPolicy? policy,
        TimeProvider time,
        HttpTraffic traffic)
    {
        StoreProvider provider = settings.ProviderAt(location);
        _preset = S3Preset.Of(provider);
        _client = S3Clients.Create(provider, settings, secrets, traffic);
        _bucket = location.Bucket;
        _prefix = location.Prefix;
        _requests = new S3Requests(_bucket, settings, secrets, policy, time);
        _retention = new S3Retention(_client, _requests, location, policy);
        _keepsConditions = _preset.HasConditionalPut;
        _contentsClass = settings.StorageClass;
        Location = location.Text;
        Uploads = settings.Encryption == StoreEncryption.Default && policy is null
            ? new S3PartedUploads(_client, _bucket, _prefix, Location)
            : null;
        Archive = new S3Archive(
            _client, _requests, _prefix, settings, hasKnownTerms: provider == StoreProvider.AmazonS3, Location);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public IArchiveStore Archive { get; }

    /// <inheritdoc/>
    /// <remarks>There are none with encryption by the provider, or locks: parts would have neither.</remarks>
    public IPartedUploads? Uploads { get; }

    /// <inheritdoc/>
    public IStoreUpkeep Upkeep => this;

    /// <inheritdoc/>
    public IRetentionStore Retention => _retention;

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <inheritdoc/>
    /// <remarks>A bucket has no folders; this finds out whether it is there.</remarks>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        ListPageAsync(string.Empty, null, 1, cancellationToken);

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(key, content, storageClass: null, cancellationToken);

    /// <inheritdoc/>
    public Task PutContentsAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(key, content, _contentsClass, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (_keepsConditions == false)
        {
            throw Unconditional(key);
        }

        if (!await PutIfNoneAsync(key, content, cancellationToken).ConfigureAwait(false))
        {
            _keepsConditions = true;
            return false;
        }

        // A server that ignores conditions takes the same object again.
        if (_keepsConditions is null
            && await PutIfNoneAsync(key, content, cancellationToken).ConfigureAwait(false))
        {
            _keepsConditions = false;
            throw Unconditional(key);
        }

        _keepsConditions = true;
        return true;
    }

    /// <inheritdoc/>
    public async Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse found = await _client
                .GetObjectMetadataAsync(_requests.Head(_prefix + key), cancellationToken).ConfigureAwait(false);
            return found.ContentLength;
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.NotFound
            && failure.ErrorCode != "NoSuchBucket")
        {
            if (!_isBucketThere)
            {
                await ListPageAsync(string.Empty, null, 1, cancellationToken).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw await ExplainAsync(failure, $"look at {key}", cancellationToken).ConfigureAwait(false);
        }
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

        try
        {
            using GetObjectResponse answer = await _client.GetObjectAsync(
                _requests.Get(_prefix + key, new ByteRange(offset, offset + destination.Length - 1)),
                cancellationToken).ConfigureAwait(false);
            if (answer.ContentLength != destination.Length)
            {
                throw ObjectErrors.TooShort(key, Location, offset, destination.Length);
            }

            await answer.ResponseStream.ReadExactlyAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw ObjectErrors.TooShort(key, Location, offset, destination.Length);
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw await ExplainAsync(failure, $"read {key}", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => new PagedListing(
        async (next, token) =>
        {
            ListObjectsV2Response page = await ListPageAsync(prefix, next, null, token).ConfigureAwait(false);
            return new ListingPage(
                (page.S3Objects ?? [])
                    .Where(static item => !item.Key.EndsWith('/'))
                    .Select(item => new StoredObject(item.Key[_prefix.Length..], item.Size ?? 0)),
                page.IsTruncated == true ? page.NextContinuationToken : null);
        },
        cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Where objects are locked by a policy, this removes their versions, so that space comes free; what is still
    /// locked is hidden.</remarks>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        if (_retention.Policy is not null)
        {
            await _retention.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await _client.DeleteObjectAsync(_bucket, _prefix + key, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode == "NoSuchKey")
        {
            // Some servers say so; to us it is all the same.
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw await ExplainAsync(failure, $"delete {key}", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<StoreRules?> ReadRulesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await new S3Rules(_client, _bucket, _prefix).ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw await ExplainAsync(failure, "read the rules", cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsOurs(Exception failure, CancellationToken cancellationToken) =>
        failure is not BackupException && S3Errors.IsOne(failure) && !cancellationToken.IsCancellationRequested;

    private async Task PutAsync(
        string key, ReadOnlyMemory<byte> content, string? storageClass, CancellationToken cancellationToken)
    {
        try
        {
            using MemoryStream stream = ContentStream.Over(content);
            await SendAsync(_requests.Put(_prefix + key, key, content.Span, stream, storageClass), key, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw await ExplainAsync(failure, $"write {key}", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(PutObjectRequest request, string key, CancellationToken cancellationToken)
    {
        PutObjectResponse answer = await _client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
        if (!_requests.IsEncryptedAsAsked(answer))
        {
            await DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            throw new BackupException(
                BackupErrorKind.StorageUnsupported,
                $"The server of {Location} does not encrypt objects as -Encryption asks: it took {key} without a word of it.",
                "Use a provider that does, or leave -Encryption out: the repository's own encryption does not depend on it.")
            {
                Subject = Location,
            };
        }
    }

    private async Task<bool> PutIfNoneAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            using MemoryStream stream = ContentStream.Over(content);
            PutObjectRequest request = _requests.Put(_prefix + key, key, content.Span, stream, storageClass: null);
            request.IfNoneMatch = OnlyIfNone;
            await SendAsync(request, key, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            return false;
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw await ExplainAsync(failure, $"create {key}", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ListObjectsV2Response> ListPageAsync(
        string prefix, string? token, int? limit, CancellationToken cancellationToken)
    {
        try
        {
            ListObjectsV2Response page = await _client.ListObjectsV2Async(
                new ListObjectsV2Request
                {
                    BucketName = _bucket,
                    Prefix = _prefix + prefix,
                    ContinuationToken = token,
                    MaxKeys = limit,
                },
                cancellationToken).ConfigureAwait(false);
            _isBucketThere = true;
            return page;
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, "list objects", Location);
        }
    }

    // The answer to a HEAD has no body that could say why; a listing's has.
    private async Task<BackupException> ExplainAsync(
        Exception failure, string action, CancellationToken cancellationToken)
    {
        if (failure is AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.BadRequest } vague
            && vague.ErrorCode is null or "" or "Forbidden" or "BadRequest")
        {
            try
            {
                await ListPageAsync(string.Empty, null, 1, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException why)
            {
                return why;
            }
        }

        return S3Errors.Translate(failure, action, Location);
    }

    private BackupException Unconditional(string key) => new(
        BackupErrorKind.StorageUnsupported,
        $"The server of {Location} cannot create {key} only if there is none.",
        "Take care that nobody else creates a repository there at the same time.")
    {
        Subject = Location,
    };
}
