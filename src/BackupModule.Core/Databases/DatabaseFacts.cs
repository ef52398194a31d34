using System;
using System.Collections.Generic;
using BackupModule.Core.Databases.Agreement;
using BackupModule.Core.Databases.MySql;
using BackupModule.Core.Databases.PostgreSql;
using BackupModule.Core.Databases.PostgreSql.Logical;
using BackupModule.Core.Databases.SQLite;
using BackupModule.Core.Databases.SqlServer;

namespace BackupModule.Core.Databases;

/// <summary>What a backup's manifest says of a database in it. Holds no secret.</summary>
public sealed record DatabaseFacts
{
    /// <summary>The source's name in the policy.</summary>
    public required string Name { get; init; }

    /// <summary>The server's kind.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>How it was backed up.</summary>
    public required DatabaseMode Mode { get; init; }

    /// <summary>The server's version, as <c>15.18</c>.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>Which server's log continues the backup, where there is one; see <see cref="Logs.ILogSink.OpenAsync"/>.</summary>
    public string? SourceId { get; init; }

    /// <summary>When the backup of the database began, by the server's clock.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The moment that the backup stands for, by the server's clock: without any log, that is what is restored.
    /// </summary>
    public DateTimeOffset ConsistentAt { get; init; }

    /// <summary>What the databases hold, to compare a restored one with; empty where it was not looked at.</summary>
    public IReadOnlyList<DatabaseFingerprint> Fingerprints { get; init => field = value ?? []; } = [];

    /// <summary>Of dumps of a PostgreSQL server, which there are; else null.</summary>
    public LogicalFacts? Logical { get; init; }

    /// <summary>Of a source with a query for uploads, what it gave; null where none was asked.</summary>
    public UploadFacts? Uploads { get; init; }

    /// <summary>Of the files of a PostgreSQL server; else null.</summary>
    public PostgreSqlFacts? PostgreSql { get; init; }

    /// <summary>What was found and does not keep the backup from being used, such as tables without transactions.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = value ?? []; } = [];

    /// <summary>What is so of MariaDB and MySQL alone; else null.</summary>
    public MySqlFacts? MySql { get; init; }

    /// <summary>What is so of SQLite databases alone; else null.</summary>
    public SQLiteFacts? SQLite { get; init; }
    /// <summary>What else is to be known of databases of SQL Server; null for those of other kinds.</summary>
    public SqlServerFacts? SqlServer { get; init; }
}
