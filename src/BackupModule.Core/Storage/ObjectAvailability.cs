using System;

namespace BackupModule.Core.Storage;

/// <summary>Whether and until when an object can be read.</summary>
/// <param name="State">Whether it can be read.</param>
/// <param name="StorageClass">The storage class that it lies in, by the provider's name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="ReadableUntil">When the copy of an archived object goes; null where there is none.</param>
public sealed record ObjectAvailability(
    ArchiveState State, string StorageClass, long Size, DateTimeOffset? ReadableUntil);
