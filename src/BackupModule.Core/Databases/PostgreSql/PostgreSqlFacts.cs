using System.Collections.Generic;

namespace BackupModule.Core.Databases.PostgreSql;

/// <summary>What the manifest says of a PostgreSQL server's files in a backup.</summary>
public sealed record PostgreSqlFacts
{
    /// <summary>The number that tells the server's data from all others.</summary>
    public required string SystemIdentifier { get; init; }

    /// <summary>The timeline of the backup.</summary>
    public required uint Timeline { get; init; }

    /// <summary>Where recovery begins, as <c>0/2000028</c>.</summary>
    public required string StartLsn { get; init; }

    /// <summary>Where the backup is consistent. Until there, the backup holds the log itself.</summary>
    public required string EndLsn { get; init; }

    /// <summary>The place in the log that the fingerprints stand for: they saw all transactions whose commit begins before it,
    /// and no others. Until there, the backup holds the log itself. Null where there are no fingerprints.</summary>
    public string? FingerprintLsn { get; init; }

    /// <summary>Why there are no fingerprints; null where there are.</summary>
    public string? WhyNoFingerprint { get; init; }

    /// <summary>The size of a segment of the log in bytes.</summary>
    public required int WalSegmentSize { get; init; }

    /// <summary>The size of a page in bytes.</summary>
    public required int BlockSize { get; init; }

    /// <summary>True if pages have checksums; then all of the backup were right.</summary>
    public bool HasChecksums { get; init; }

    /// <summary>Pages whose checksums were compared.</summary>
    public long PagesVerified { get; init; }

    /// <summary>The role that the server was made with, which may do anything; null where it could not be asked.</summary>
    public string? Superuser { get; init; }

    /// <summary>Where the server's files were; null where the role may not know.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The tablespaces besides the main one.</summary>
    public IReadOnlyList<PostgreSqlTablespace> Tablespaces { get; init => field = value ?? []; } = [];
}

/// <summary>A tablespace of a backup.</summary>
/// <param name="Oid">Its number: the folder below <c>tablespaces</c>.</param>
/// <param name="Location">Where it was on the server.</param>
public sealed record PostgreSqlTablespace(string Oid, string Location);
