using System;

namespace BackupModule.Core.Databases.PostgreSql.Fingerprinting;

/// <summary>How much work a fingerprint may be.</summary>
public sealed record FingerprintLimits
{
    /// <summary>The most rows of a table whose checksum is made, by the server's estimate.</summary>
    public long ChecksumRows { get; init; } = 100_000;

    /// <summary>The largest table whose checksum is made, in bytes.</summary>
    public long ChecksumBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long the rows of one table may be counted.</summary>
    public TimeSpan TimeOfTable { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long all tables may take; those that come after it are not counted.</summary>
    public TimeSpan TimeOfAll { get; init; } = TimeSpan.FromMinutes(15);
}
