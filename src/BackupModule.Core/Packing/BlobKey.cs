using BackupModule.Core.Hashing;

namespace BackupModule.Core.Packing;

/// <summary>What names a blob: its type and the hash of its plaintext.</summary>
/// <param name="Type">What the blob holds.</param>
/// <param name="Id">SHA-256 of the uncompressed plaintext.</param>
public readonly record struct BlobKey(BlobType Type, ObjectId Id)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Type == BlobType.Data ? "data" : "tree")} {Id.ShortText}";
}
