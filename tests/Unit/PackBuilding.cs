using System;
using BackupModule.Core.Packing;

namespace BackupModule.Tests;

/// <summary>Packs made by hand.</summary>
internal static class PackBuilding
{
    /// <summary>An empty pack in a buffer of its own.</summary>
    public static PackBuilder NewPack(BlobType type, int targetSize = PackBuilder.DefaultTargetSize, int? buffer = null) =>
        new(type, new byte[buffer ?? (targetSize + (2 * 1024 * 1024))], targetSize);

    /// <summary>Encodes a blob and seals it into its place.</summary>
    public static bool TryAdd(this PackBuilder pack, BlobCodec codec, BlobKey key, ReadOnlyMemory<byte> plaintext)
    {
        using EncodedBlob blob = codec.Encode(key, plaintext);
        if (!pack.TryReserve(blob, out Memory<byte> place))
        {
            return false;
        }

        blob.SealTo(place.Span);
        pack.Complete();
        return true;
    }

    /// <summary>A sealed container of its own.</summary>
    public static byte[] ToContainer(this EncodedBlob blob)
    {
        byte[] container = new byte[blob.ContainerLength];
        blob.SealTo(container);
        return container;
    }
}
