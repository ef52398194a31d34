using System;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.S3;

/// <summary>Objects of a bucket in the archives of S3, <c>GLACIER</c> and <c>DEEP_ARCHIVE</c>.</summary>
/// <remarks>Amazon S3 API reference, <c>RestoreObject</c> and <c>HeadObject</c>. Archives of S3 Intelligent-Tiering are not
/// looked for.</remarks>
internal sealed class S3Archive(
    IAmazonS3 client, S3Requests requests, string prefix, StoreSettings settings, bool hasKnownTerms, string location)
    : IArchiveStore
{
    /// <inheritdoc/>
    public string? ContentsClass => settings.StorageClass;

    /// <inheritdoc/>
    public bool HasKnownTerms => hasKnownTerms;

    /// <inheritdoc/>
    public async Task<ObjectAvailability?> GetAvailabilityAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse found = await client
                .GetObjectMetadataAsync(requests.Head(prefix + key), cancellationToken).ConfigureAwait(false);
            string storageClass = found.StorageClass?.Value ?? S3StorageClass.Standard.Value;
            return new ObjectAvailability(
                ArchiveClass.Find(storageClass) is null ? ArchiveState.Online
                    : found.RestoreInProgress == true ? ArchiveState.Thawing
                    : found.RestoreExpiration is not null ? ArchiveState.Thawed
                    : ArchiveState.Archived,
                storageClass,
                found.ContentLength,
                found.RestoreExpiration);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode is "NotFound" or "NoSuchKey")
        {
            return null;
        }
        catch (Exception failure) when (S3Errors.IsOne(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw S3Errors.Translate(failure, $"look at {key}", location);
        }
    }

    /// <inheritdoc/>
    public async Task ThawAsync(string key, ThawSpeed speed, int days, CancellationToken cancellationToken)
    {
        try
        {
            await client.RestoreObjectAsync(requests.Thaw(prefix + key, speed, days), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode is "RestoreAlreadyInProgress")
        {
            // Somebody has asked already.
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode is "InvalidObjectState"
            || (failure.ErrorCode == "InvalidArgument" && speed == ThawSpeed.Expedited))
        {
            throw new BackupException(
                BackupErrorKind.StorageUnsupported,
                $"{key} in {location} cannot be thawed as {speed}: {failure.Message}",
                "Choose another speed with -Thaw: Standard or Bulk.",
                failure)
            {
                Subject = location,
            };
        }
        catch (Exception failure) when (S3Errors.IsOne(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw S3Errors.Translate(failure, $"thaw {key}", location);
        }
    }
}
