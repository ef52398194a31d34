using System.Collections.Generic;
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
    /// <summary>The file of the backup set, below the source's folder in the backup.</summary>
    public required string File { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>How the database logs: <c>SIMPLE</c>, <c>FULL</c> or <c>BULK_LOGGED</c>.</summary>
    public required string RecoveryModel { get; init; }

    /// <summary>True if the server encrypts the database: a restore takes the certificate, which is not in the backup.
    /// </summary>
    public bool IsEncrypted { get; init; }

    /// <summary>What the set's header says.</summary>
    public required BackupSet Set { get; init; }
}
