namespace BackupModule.Core.Storage;

/// <summary>What the provider encrypts with, beside our own encryption.</summary>
public enum StoreEncryption
{
    /// <summary>The bucket's default.</summary>
    Default,

    /// <summary>The provider's own key (SSE-S3).</summary>
    Provider,

    /// <summary>A key that the provider's key service manages (SSE-KMS, CMEK).</summary>
    ManagedKey,

    /// <summary>A key that we send with each request and the provider forgets (SSE-C).</summary>
    CustomerKey,
}
