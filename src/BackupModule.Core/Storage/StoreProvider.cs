namespace BackupModule.Core.Storage;

/// <summary>Who keeps the objects, and so which protocol and which habits a store has.</summary>
public enum StoreProvider
{
    /// <summary>A folder on a local or mounted disk (SMB, NFS).</summary>
    Local,

    /// <summary>Amazon S3.</summary>
    AmazonS3,

    /// <summary>DigitalOcean Spaces.</summary>
    DigitalOceanSpaces,

    /// <summary>Wasabi.</summary>
    Wasabi,

    /// <summary>Backblaze B2 through its S3 protocol.</summary>
    BackblazeB2,

    /// <summary>Any other server that speaks S3's protocol, such as Ceph or MinIO, at a given endpoint.</summary>
    S3Compatible,

    /// <summary>Google Cloud Storage.</summary>
    GoogleCloudStorage,
}
