using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;

namespace BackupModule.Core.Storage.S3;

/// <summary>Uploads in parts. What a process that was killed leaves of one is in no listing; a lifecycle rule of the bucket for
/// incomplete uploads removes it.</summary>
/// <param name="client">The client.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="prefix">What all keys start with.</param>
/// <param name="location">The store, for people.</param>
internal sealed class S3PartedUploads(IAmazonS3 client, string bucket, string prefix, string location) : IPartedUploads
{
    /// <inheritdoc/>
    public Task<string> BeginAsync(string key, CancellationToken cancellationToken) => RunAsync(
        $"begin to write {key}",
        async () => (await client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = bucket, Key = prefix + key },
            cancellationToken).ConfigureAwait(false)).UploadId,
        cancellationToken);

    /// <inheritdoc/>
    public Task<string> PutPartAsync(
        string key, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => RunAsync(
        $"write {key}",
        async () =>
        {
            using MemoryStream stream = ContentStream.Over(content);
            return (await client.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = bucket,
                    Key = prefix + key,
                    UploadId = upload,
                    PartNumber = number,
                    PartSize = content.Length,
                    InputStream = stream,
                    UseChunkEncoding = false,
                },
                cancellationToken).ConfigureAwait(false)).ETag;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task CompleteAsync(
        string key, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken) => RunAsync(
        $"complete {key}",
        async () =>
        {
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = prefix + key,
                    UploadId = upload,
                    PartETags = [.. parts.Select(static (tag, index) => new PartETag(index + 1, tag))],
                },
                cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task AbortAsync(string key, string upload, CancellationToken cancellationToken) => RunAsync(
        $"give up {key}",
        async () =>
        {
            try
            {
                await client.AbortMultipartUploadAsync(bucket, prefix + key, upload, cancellationToken).ConfigureAwait(false);
            }
            catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.NotFound)
            {
                // It was completed, or given up already.
            }

            return true;
        },
        cancellationToken);

    private async Task<T> RunAsync<T>(string action, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failure) when (S3Errors.IsOne(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw S3Errors.Translate(failure, action, location);
        }
    }
}
