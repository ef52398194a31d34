using System.Collections.Generic;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using CsCheck;

namespace BackupModule.Tests.Packing;

/// <summary>Generators of what packs and index files hold.</summary>
internal static class RandomBlobs
{
    public static Gen<ObjectId> Id { get; } = Gen.Byte.Array[ObjectId.Size].Select(bytes =>
    {
        // No file lists the id of nothing.
        bytes[0] |= 1;
        return new ObjectId(bytes);
    });

    public static Gen<BlobKey> Key { get; } =
        Gen.Select(Gen.Bool, Id).Select((isTree, id) => new BlobKey(isTree ? BlobType.Tree : BlobType.Data, id));

    /// <summary>Entries back to back, as a pack has them.</summary>
    public static Gen<List<PackEntry>> Pack { get; } = Gen.Select(
        Key, Gen.UInt[ContainerCipher.Overhead, 9_000_000], Gen.OneOf(Gen.Const(0u), Gen.UInt[1, uint.MaxValue]))
        .List[1, 40]
        .Select(blobs =>
        {
            List<PackEntry> entries = [];
            uint offset = 0;
            foreach ((BlobKey key, uint length, uint uncompressed) in blobs)
            {
                entries.Add(new PackEntry(key, offset, length, uncompressed));
                offset += length;
            }

            return entries;
        });

    /// <summary>Contents that compress well, badly, and not at all.</summary>
    public static Gen<byte[]> Content { get; } = Gen.OneOf(
        Gen.Byte.Array[1, 300], Gen.Byte[0, 3].Array[1, 20_000], Gen.Byte.Array[1, 100_000]);
}
