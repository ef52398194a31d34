using System;
using System.Collections.Generic;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>What the manifest says of dumps of a PostgreSQL server.</summary>
public sealed record LogicalFacts
{
    /// <summary>The version of <c>pg_dump</c>, as <c>15.18</c>: no older <c>pg_restore</c> reads what it wrote.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The databases that were dumped.</summary>
    public IReadOnlyList<DumpedDatabase> Databases { get; init => field = value ?? []; } = [];
}

/// <summary>A database that was dumped, with what is needed to make one like it.</summary>
public sealed record DumpedDatabase
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its dump, in the source's folder of the backup.</summary>
    public required string File { get; init; }

    /// <summary>The moment of its snapshot, by the server's clock.</summary>
    public DateTimeOffset ConsistentAt { get; init; }

    /// <summary>Its encoding, as <c>UTF8</c>.</summary>
    public required string Encoding { get; init; }

    /// <summary>The locale of its sort order.</summary>
    public required string Collation { get; init; }

    /// <summary>The locale of its character classes.</summary>
    public required string CharacterType { get; init; }

    /// <summary>Who sorts: <c>c</c> for the C library, <c>i</c> for ICU, <c>b</c> for the server itself.</summary>
    public string Provider { get; init; } = "c";

    /// <summary>The locale of that provider; null for the C library.</summary>
    public string? ProviderLocale { get; init; }
}
