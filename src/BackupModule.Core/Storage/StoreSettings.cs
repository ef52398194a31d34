using System;

namespace BackupModule.Core.Storage;

/// <summary>
/// How a store is reached and what it does with what it keeps: everything but the place itself. It is kept in the catalog,
/// so it holds references of secrets, never secrets.
/// </summary>
public sealed record StoreSettings
{
    /// <summary>Nothing set: the provider that the location's scheme stands for, with its usual ways.</summary>
    public static StoreSettings Default { get; } = new();

    /// <summary>Who keeps the objects; null for the scheme's first: Amazon for <c>s3:</c>, Google for <c>gs:</c>.</summary>
    public StoreProvider? Provider { get; init; }

    /// <summary>Who keeps what is at a location: as set; where only an endpoint is set, some S3 server there.</summary>
    public StoreProvider ProviderAt(StoreLocation location) => Provider
        ?? (location.Provider == StoreProvider.AmazonS3 && Endpoint is not null
            ? StoreProvider.S3Compatible : location.Provider);

    /// <summary>The server's address, e.g. <c>https://s3.example.org:9000</c>; null for the provider's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region, e.g. <c>eu-central-1</c>; null where the provider has one only or the environment says.</summary>
    public string? Region { get; init; }

    /// <summary>Where requests name the bucket; null for the provider's usual way.</summary>
    public StoreAddressing? Addressing { get; init; }

    /// <summary>The profile of the provider's credential files; null for none.</summary>
    public string? Profile { get; init; }

    /// <summary>The id of the access key. Not a secret.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>Where the secret access key is found: a reference as for passwords.</summary>
    public string? SecretKeyReference { get; init; }

    /// <summary>The path of a Google service account's or workload identity's JSON file; null for Google's application
    /// default credentials.</summary>
    public string? CredentialFile { get; init; }

    /// <summary>True to send no credentials: public buckets and emulators.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>The proxy for all requests; null for what the environment says.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>A PEM file of certificate authorities that are trusted besides the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>True to refuse every change from here, whatever the credentials allow.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The storage class of packs with file contents; everything else stays in the bucket's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Encryption by the provider, beside our own.</summary>
    public StoreEncryption Encryption { get; init; }

    /// <summary>The id of the provider's key, for <see cref="StoreEncryption.ManagedKey"/>.</summary>
    public string? EncryptionKeyId { get; init; }

    /// <summary>Where the key of <see cref="StoreEncryption.CustomerKey"/> is found: 32 bytes as base64.</summary>
    public string? EncryptionKeyReference { get; init; }

    /// <summary>How objects are locked against deletion; <see cref="StoreLockMode.None"/> for not at all.</summary>
    public StoreLockMode LockMode { get; init; }

    /// <summary>How long everything that a backup needs is locked; null where nothing is.</summary>
    public TimeSpan? LockFor { get; init; }

    /// <summary>The limits of traffic, as <c>08:00-18:00=5MB;otherwise=unlimited</c>; null for none.</summary>
    public string? BandwidthLimit { get; init; }
}
