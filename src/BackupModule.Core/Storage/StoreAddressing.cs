namespace BackupModule.Core.Storage;

/// <summary>Where a request to an S3 server names the bucket.</summary>
public enum StoreAddressing
{
    /// <summary>In the host name: <c>https://BUCKET.s3.example.org/KEY</c>.</summary>
    VirtualHost,

    /// <summary>In the path: <c>https://s3.example.org/BUCKET/KEY</c>.</summary>
    Path,
}
