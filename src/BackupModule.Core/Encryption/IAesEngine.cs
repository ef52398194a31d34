using System;

namespace BackupModule.Core.Encryption;

/// <summary>The two uses of AES in a container.</summary>
internal interface IAesEngine
{
    /// <summary>Encrypts or decrypts in counter mode: AES-256, the IV being the first counter, all 16 bytes of it
    /// big-endian.</summary>
    /// <param name="iv">16 bytes.</param>
    /// <param name="source">Any number of bytes.</param>
    /// <param name="target">As many; may not overlap the source.</param>
    void Transform(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> target);

    /// <summary>Encrypts the IV with the authenticator's AES-128 key.</summary>
    void EncryptNonce(ReadOnlySpan<byte> iv, Span<byte> encrypted);
}
