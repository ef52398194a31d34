using System;
using System.Collections.Generic;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.S3;

/// <summary>Versions and locks of the objects in a bucket (Amazon S3 user guide, "Locking objects with Object Lock").
/// </summary>
internal sealed class S3Retention(
    IAmazonS3 client, S3Requests requests, StoreLocation location, RetentionPolicy? policy) : IRetentionStore
{
    /// <inheritdoc/>
    public RetentionPolicy? Policy => policy;

    /// <summary>The protocol's name of a mode.</summary>
    public static ObjectLockMode NameOf(StoreLockMode mode) => mode switch
    {
        StoreLockMode.Governance => ObjectLockMode.Governance,
        StoreLockMode.Compliance => ObjectLockMode.Compliance,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    /// <inheritdoc/>
    public async Task RequireSupportAsync(CancellationToken cancellationToken)
    {
        GetObjectLockConfigurationResponse? answer = null;
        try
        {
            answer = await client.GetObjectLockConfigurationAsync(
                new GetObjectLockConfigurationRequest { BucketName = location.Bucket }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode == "ObjectLockConfigurationNotFoundError"
            || failure.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed
            || (failure.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest
                && failure.ErrorCode != "NoSuchBucket"))
        {
            // No answer: no locks.
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, "ask for the lock configuration", location.Text);
        }

        if (answer?.ObjectLockConfiguration?.ObjectLockEnabled != ObjectLockEnabled.Enabled)
        {
            throw new BackupException(
                BackupErrorKind.StorageUnsupported,
                $"The bucket of {location} cannot lock objects: object lock is not enabled on it.",
                "Make a bucket with object lock (aws s3api create-bucket --object-lock-enabled-for-bucket) at a provider "
                + "that has it, and copy the repository there; or register this one without -LockMode.")
            {
                Subject = location.Text,
            };
        }
    }

    /// <inheritdoc/>
    public async Task<ObjectRetention?> GetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse found = await client
                .GetObjectMetadataAsync(requests.Head(location.Prefix + key), cancellationToken).ConfigureAwait(false);
            StoreLockMode mode = found.ObjectLockMode == ObjectLockMode.Compliance ? StoreLockMode.Compliance
                : found.ObjectLockMode == ObjectLockMode.Governance ? StoreLockMode.Governance
                : StoreLockMode.None;
            DateTimeOffset until = found.ObjectLockRetainUntilDate is { } date && mode != StoreLockMode.None
                ? new DateTimeOffset(date.ToUniversalTime()) : DateTimeOffset.MinValue;
            return new ObjectRetention(
                mode, until, found.ObjectLockLegalHoldStatus == ObjectLockLegalHoldStatus.On, found.VersionId);
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.NotFound
            && failure.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, $"look at the lock of {key}", location.Text);
        }
    }

    /// <inheritdoc/>
    public async Task SetAsync(
        string key, string? versionId, StoreLockMode mode, DateTimeOffset until, CancellationToken cancellationToken)
    {
        try
        {
            await client.PutObjectRetentionAsync(
                new PutObjectRetentionRequest
                {
                    BucketName = location.Bucket,
                    Key = location.Prefix + key,
                    VersionId = versionId,
                    Retention = new ObjectLockRetention
                    {
                        Mode = new ObjectLockRetentionMode(NameOf(mode).Value),
                        RetainUntilDate = until.UtcDateTime,
                    },
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, $"set the lock of {key}", location.Text);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The latest version goes last, so that no older one is seen meanwhile, and markers after what they hide.
    /// </remarks>
    public async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken)
    {
        List<ObjectVersion> markers = [];
        Stack<ObjectVersion> contents = [];
        try
        {
            await foreach (ObjectVersion version in ListVersionsAsync(key, cancellationToken).ConfigureAwait(false))
            {
                if (version.Key == key)
                {
                    if (version.IsDeleteMarker)
                    {
                        markers.Add(version);
                    }
                    else
                    {
                        contents.Push(version);
                    }
                }
            }
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.AccessDenied)
        {
            // Who may not see versions can still hide the object.
            await HideAsync(key, cancellationToken).ConfigureAwait(false);
            return false;
        }

        bool isKept = false;
        foreach (ObjectVersion version in contents)
        {
            isKept |= !await TryDeleteAsync(version, cancellationToken).ConfigureAwait(false);
        }

        if (isKept)
        {
            if (!markers.Exists(static marker => marker.IsLatest))
            {
                await HideAsync(key, cancellationToken).ConfigureAwait(false);
            }

            return false;
        }

        foreach (ObjectVersion marker in markers)
        {
            await DeleteVersionAsync(key, marker.VersionId, bypassGovernance: false, cancellationToken)
                .ConfigureAwait(false);
        }

        return true;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListVersionsRequest request = new() { BucketName = location.Bucket, Prefix = location.Prefix + prefix };
        bool hasMore = true;
        while (hasMore)
        {
            ListVersionsResponse page = await ListPageAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (S3ObjectVersion item in page.Versions ?? [])
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ObjectVersion(
                    item.Key[location.Prefix.Length..],
                    item.VersionId,
                    item.IsLatest == true,
                    item.IsDeleteMarker == true,
                    item.Size ?? 0);
            }

            hasMore = page.IsTruncated == true;
            request.KeyMarker = page.NextKeyMarker;
            request.VersionIdMarker = page.NextVersionIdMarker;
        }
    }

    /// <inheritdoc/>
    public async Task DeleteVersionAsync(
        string key, string versionId, bool bypassGovernance, CancellationToken cancellationToken)
    {
        DeleteObjectRequest request = new()
        {
            BucketName = location.Bucket,
            Key = location.Prefix + key,
            VersionId = versionId,
        };
        if (bypassGovernance)
        {
            request.BypassGovernanceRetention = true;
        }

        try
        {
            await client.DeleteObjectAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode is "NoSuchKey" or "NoSuchVersion")
        {
            // Gone is gone.
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, $"delete a version of {key}", location.Text);
        }
    }

    /// <inheritdoc/>
    public async Task ReadVersionAsync(
        string key, string versionId, Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectRequest request = requests.Get(location.Prefix + key, new ByteRange(0, destination.Length - 1));
            request.VersionId = versionId;
            using GetObjectResponse answer = await client.GetObjectAsync(request, cancellationToken)
                .ConfigureAwait(false);
            if (answer.ContentLength != destination.Length)
            {
                throw ObjectErrors.TooShort(key, location.Text, 0, destination.Length);
            }

            await answer.ResponseStream.ReadExactlyAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw ObjectErrors.TooShort(key, location.Text, 0, destination.Length);
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, $"read a version of {key}", location.Text);
        }
    }

    private static bool IsOurs(Exception failure, CancellationToken cancellationToken) =>
        failure is not BackupException && S3Errors.IsOne(failure) && !cancellationToken.IsCancellationRequested;

    // A lock or a missing right: either way the version stays.
    private async Task<bool> TryDeleteAsync(ObjectVersion version, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteVersionAsync(version.Key, version.VersionId, bypassGovernance: false, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.AccessDenied)
        {
            return false;
        }
    }

    private async Task HideAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteObjectAsync(location.Bucket, location.Prefix + key, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, $"delete {key}", location.Text);
        }
    }

    private async Task<ListVersionsResponse> ListPageAsync(
        ListVersionsRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ListVersionsAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOurs(failure, cancellationToken))
        {
            throw S3Errors.Translate(failure, "list versions", location.Text);
        }
    }
}
