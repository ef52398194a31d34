using System;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>An object to be stored.</summary>
/// <param name="name">The object's name in the bucket.</param>
/// <param name="key">The object's key in the store.</param>
/// <param name="content">Its content.</param>
/// <param name="onlyIfNone">True to leave an object that is there already.</param>
/// <param name="storageClass">The storage class; null for the bucket's default.</param>
internal sealed class GcsUpload(
    string name, string key, ReadOnlyMemory<byte> content, bool onlyIfNone, string? storageClass)
{
    /// <summary>The object's name in the bucket.</summary>
    public string Name => name;

    /// <summary>Its content.</summary>
    public ReadOnlyMemory<byte> Content => content;

    /// <summary>True to leave an object that is there already.</summary>
    public bool OnlyIfNone => onlyIfNone;

    /// <summary>The storage class; null for the bucket's default.</summary>
    public string? StorageClass => storageClass;

    /// <summary>The checksum of the content, as the API writes it.</summary>
    public string Checksum { get; } = Crc32C.InBase64(content.Span);

    /// <summary>What is done, for messages.</summary>
    public string Action => $"{(onlyIfNone ? "create" : "write")} {key}";
}
