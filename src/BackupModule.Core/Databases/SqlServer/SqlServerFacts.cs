using System.Collections.Generic;
using System.Text.Json.Serialization;
using BackupModule.Core.Databases.SqlServer.Chains;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>What a backup's manifest says of databases of SQL Server in it.</summary>
public sealed record SqlServerFacts
{
    /// <summary>The server's edition, as <c>Developer Edition (64-bit)</c>.</summary>
    public required string Edition { get; init; }

    /// <summary>The databases in the backup.</summary>
    public IReadOnlyList<SqlServerDatabaseFacts> Databases { get; init => field = value ?? []; } = [];
}

/// <summary>What a backup's manifest says of one database of SQL Server.</summary>
public sealed record SqlServerDatabaseFacts
{
    /// <summary>The file of the full backup set, below the source's folder in the backup.</summary>
    public required string File { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>How the database logs: <c>SIMPLE</c>, <c>FULL</c> or <c>BULK_LOGGED</c>.</summary>
    public required string RecoveryModel { get; init; }

    /// <summary>True if the server encrypts the database: a restore takes the certificate, which is not in the backup.
    /// </summary>
    public bool IsEncrypted { get; init; }

    /// <summary>What the full set's header says.</summary>
    public required BackupSet Set { get; init; }

    /// <summary>What changed since the full set, which is then of an earlier run; null where the full set is of this one.
    /// </summary>
    public SqlServerDifferentialFacts? Differential { get; init; }

    /// <summary>The set that the backup stands for: restored with those before it, it is the database at the time of the run.
    /// </summary>
    [JsonIgnore]
    public BackupSet Newest => Differential?.Set ?? Set;

    /// <summary>The sets in the backup, in the order of their restore.</summary>
    [JsonIgnore]
    public IReadOnlyList<BackupSet> Sets => Differential is null ? [Set] : [Set, Differential.Set];
}

/// <summary>What a backup's manifest says of a differential set of SQL Server.</summary>
public sealed record SqlServerDifferentialFacts
{
    /// <summary>The file of the set, below the source's folder in the backup.</summary>
    public required string File { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>What the set's header says; it names the full set that it stands on.</summary>
    public required BackupSet Set { get; init; }
}
