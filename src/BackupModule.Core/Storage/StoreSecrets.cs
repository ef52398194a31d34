using System;

namespace BackupModule.Core.Storage;

/// <summary>The secrets of a store's settings, resolved. Never stored, never shown.</summary>
/// <param name="SecretKey">The secret access key; null where the environment, a profile or the machine's role has it.
/// </param>
/// <param name="EncryptionKey">The 32 bytes of <see cref="StoreEncryption.CustomerKey"/>.</param>
public sealed record StoreSecrets(string? SecretKey, ReadOnlyMemory<byte> EncryptionKey)
{
    /// <summary>No secrets.</summary>
    public static StoreSecrets None { get; } = new(null, default);

    /// <summary>Says only which secrets there are.</summary>
    public override string ToString() => $"{(SecretKey is null ? "no" : "a")} secret key, {EncryptionKey.Length} bytes of key";
}
