using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Tests.Servers;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>What <see cref="MadeSqlServer"/> does with objects in buckets: it puts them in parts, as the real server does, with keys
/// of its own.</summary>
internal sealed class MadeBucket(S3Server server) : IDisposable
{
    private readonly IAmazonS3 _client = server.CreateClient();

    /// <summary>The addresses that there are credentials for.</summary>
    public List<string> Credentials { get; } = [];

    /// <summary>Whether the login sees them.</summary>
    public bool AreCredentialsVisible { get; set; } = true;

    /// <summary>The bucket that is reached under every address; null for that of the address.</summary>
    public string? Elsewhere { get; set; }

    /// <summary>Puts an object; false where there is no credential.</summary>
    public bool TryPut(string url, byte[] content)
    {
        if (PlaceOf(url) is not var (bucket, key))
        {
            return false;
        }

        string upload = _client.InitiateMultipartUploadAsync(bucket, key).GetAwaiter().GetResult().UploadId;
        using MemoryStream stream = new(content);
        UploadPartResponse part = _client.UploadPartAsync(new UploadPartRequest
        {
            BucketName = bucket, Key = key, UploadId = upload, PartNumber = 1, PartSize = content.Length, InputStream = stream,
        }).GetAwaiter().GetResult();
        _client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = bucket, Key = key, UploadId = upload, PartETags = [new PartETag(1, part.ETag)],
        }).GetAwaiter().GetResult();
        return true;
    }

    /// <summary>The content of an object; null where there is none, or no credential.</summary>
    public byte[]? Find(string url)
    {
        if (PlaceOf(url) is not var (bucket, key))
        {
            return null;
        }

        try
        {
            using GetObjectResponse answer = _client.GetObjectAsync(bucket, key).GetAwaiter().GetResult();
            using MemoryStream content = new();
            answer.ResponseStream.CopyTo(content);
            return content.ToArray();
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private (string Bucket, string Key)? PlaceOf(string url)
    {
        string start = $"s3://{server.Endpoint.Authority}/";
        if (!url.StartsWith(start, StringComparison.Ordinal)
            || !Credentials.Any(name => url.StartsWith(name + "/", StringComparison.Ordinal)))
        {
            return null;
        }

        string[] parts = url[start.Length..].Split('/', 2);
        return (Elsewhere ?? parts[0], parts[1]);
    }
}
