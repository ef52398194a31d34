using System;

namespace BackupModule.Core.Maintenance;

/// <summary>What a repair fetched from another repository to make up for a pack.</summary>
/// <param name="PackId">The missing or damaged pack, 64 hexadecimal digits; null for blobs of which nothing was known but
/// that backups need them.</param>
/// <param name="Blobs">Blobs fetched, each proved by its hash.</param>
/// <param name="Bytes">Their bytes as they are stored.</param>
/// <param name="From">Where the other repository is.</param>
/// <param name="At">When.</param>
public sealed record RefetchedPack(string? PackId, int Blobs, long Bytes, string From, DateTimeOffset At);
