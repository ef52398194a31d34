using System;
using System.Collections.Generic;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Packing;

/// <summary>A whole pack, ready to be stored.</summary>
/// <param name="Id">Hash of the content: the pack's name.</param>
/// <param name="Type">The type of all its blobs.</param>
/// <param name="Content">The file's bytes.</param>
/// <param name="Entries">Its blobs in order.</param>
public sealed record FinishedPack(
    ObjectId Id, BlobType Type, ReadOnlyMemory<byte> Content, IReadOnlyList<PackEntry> Entries);
