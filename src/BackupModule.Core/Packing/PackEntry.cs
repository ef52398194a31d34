namespace BackupModule.Core.Packing;

/// <summary>Where a blob is within its pack.</summary>
/// <param name="Key">The blob.</param>
/// <param name="Offset">First byte of its container in the pack.</param>
/// <param name="Length">Length of its container, encryption overhead included.</param>
/// <param name="UncompressedLength">Length of the plaintext if it was compressed; 0 if it was not.</param>
public readonly record struct PackEntry(BlobKey Key, uint Offset, uint Length, uint UncompressedLength)
{
    /// <summary>True if the blob is a zstd frame.</summary>
    public bool IsCompressed => UncompressedLength != 0;

    /// <summary>Length of the plaintext in bytes.</summary>
    public uint PlainLength => IsCompressed ? UncompressedLength : Length - Encryption.ContainerCipher.Overhead;
}
