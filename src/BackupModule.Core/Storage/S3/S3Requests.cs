using System;
using System.IO;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace BackupModule.Core.Storage.S3;

/// <summary>Requests for objects, with what the settings ask for: storage class, encryption by the provider, locks.
/// </summary>
internal sealed class S3Requests
{
    private readonly string _bucket;
    private readonly StoreSettings _settings;
    private readonly RetentionPolicy? _policy;
    private readonly TimeProvider _time;
    private readonly string? _customerKey;
    private readonly string? _customerKeyHash;

    public S3Requests(
        string bucket, StoreSettings settings, StoreSecrets secrets, RetentionPolicy? policy, TimeProvider time)
    {
        _bucket = bucket;
        _settings = settings;
        _policy = policy;
        _time = time;
        if (settings.Encryption == StoreEncryption.CustomerKey)
        {
            _customerKey = Convert.ToBase64String(secrets.EncryptionKey.Span);

            // The protocol wants this digest beside the key, to notice a key that was damaged on its way.
            _customerKeyHash = DigestOf(secrets.EncryptionKey.Span);
        }
    }

    /// <summary>A put whose content is hashed and signed as a whole, which every server understands. The digest of an
    /// object that is named by it is not computed again, and a content that does not fit its name is refused.</summary>
    public PutObjectRequest Put(string fullKey, string key, ReadOnlySpan<byte> bytes, Stream content, string? storageClass)
    {
        PutObjectRequest request = new()
        {
            BucketName = _bucket,
            Key = fullKey,
            InputStream = content,
            AutoCloseStream = false,
            UseChunkEncoding = false,
        };
        if (ContentName.DigestOf(fullKey) is { } digest)
        {
            request.Headers[DigestSigner.Header] = digest;
        }

        if (storageClass is not null)
        {
            request.StorageClass = new S3StorageClass(storageClass);
        }

        if (_policy is not null && IsLocked(key))
        {
            request.ObjectLockMode = S3Retention.NameOf(_policy.Mode);
            request.ObjectLockRetainUntilDate = _policy.Until(_time.GetUtcNow()).UtcDateTime;

            // Servers take no locked object without a digest.
            request.MD5Digest = DigestOf(bytes);
        }

        switch (_settings.Encryption)
        {
            case StoreEncryption.Provider:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AES256;
                break;
            case StoreEncryption.ManagedKey:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AWSKMS;
                request.ServerSideEncryptionKeyManagementServiceKeyId = _settings.EncryptionKeyId;
                break;
            case StoreEncryption.CustomerKey:
                request.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
                request.ServerSideEncryptionCustomerProvidedKey = _customerKey;
                request.ServerSideEncryptionCustomerProvidedKeyMD5 = _customerKeyHash;
                break;
            default:
                break;
        }

        return request;
    }

    // Locks of the repository must go when their holders do; our own records hold nothing that a restore needs.
    private static bool IsLocked(string key) =>
        !key.StartsWith("locks/", StringComparison.Ordinal) && !key.StartsWith("backupmodule/", StringComparison.Ordinal);

    // The protocol's digest against damage on the way; nothing secret rests on it.
#pragma warning disable CA5351
    private static string DigestOf(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(MD5.HashData(bytes));
#pragma warning restore CA5351

    /// <summary>True where the answer to a put says that the server encrypted as it was asked to: some take the request and
    /// ignore what it asks for.</summary>
    public bool IsEncryptedAsAsked(PutObjectResponse answer) => _settings.Encryption switch
    {
        StoreEncryption.Provider => answer.ServerSideEncryptionMethod == ServerSideEncryptionMethod.AES256,
        StoreEncryption.ManagedKey => answer.ServerSideEncryptionMethod == ServerSideEncryptionMethod.AWSKMS,
        StoreEncryption.CustomerKey =>
            answer.ServerSideEncryptionCustomerMethod == ServerSideEncryptionCustomerMethod.AES256,
        _ => true,
    };

    /// <summary>A read of a range.</summary>
    public GetObjectRequest Get(string fullKey, ByteRange range)
    {
        GetObjectRequest request = new() { BucketName = _bucket, Key = fullKey, ByteRange = range };
        if (_customerKey is not null)
        {
            request.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
            request.ServerSideEncryptionCustomerProvidedKey = _customerKey;
            request.ServerSideEncryptionCustomerProvidedKeyMD5 = _customerKeyHash;
        }

        return request;
    }

    /// <summary>The wish for a copy of an archived object that can be read.</summary>
    public RestoreObjectRequest Thaw(string fullKey, ThawSpeed speed, int days) => new()
    {
        BucketName = _bucket,
        Key = fullKey,
        Days = days,
        RetrievalTier = speed switch
        {
            ThawSpeed.Expedited => GlacierJobTier.Expedited,
            ThawSpeed.Bulk => GlacierJobTier.Bulk,
            _ => GlacierJobTier.Standard,
        },
    };

    /// <summary>A question for an object's size.</summary>
    public GetObjectMetadataRequest Head(string fullKey)
    {
        GetObjectMetadataRequest request = new() { BucketName = _bucket, Key = fullKey };
        if (_customerKey is not null)
        {
            request.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
            request.ServerSideEncryptionCustomerProvidedKey = _customerKey;
            request.ServerSideEncryptionCustomerProvidedKeyMD5 = _customerKeyHash;
        }

        return request;
    }
}
