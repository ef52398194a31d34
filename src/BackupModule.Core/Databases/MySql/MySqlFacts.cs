using System.Collections.Generic;

namespace BackupModule.Core.Databases.MySql;

/// <summary>What a backup says of a MariaDB or MySQL server besides what it says of every database.</summary>
/// <param name="IsMariaDb">True for MariaDB, false for MySQL.</param>
/// <param name="LogFile">The binary log in which the next transaction after the backup is; null where the server keeps none.
/// </param>
/// <param name="LogPosition">Where in it.</param>
/// <param name="Gtid">The last global transaction ids in the backup; null where they are not known.</param>
/// <param name="Sections">Of a logical backup, the parts of the dump in the order in which they are loaded; else empty.</param>
public sealed record MySqlFacts(
    bool IsMariaDb, string? LogFile, long LogPosition, string? Gtid, IReadOnlyList<DumpSection> Sections);

/// <summary>A part of a dump, in a file of its own.</summary>
/// <param name="File">The file.</param>
/// <param name="Database">The database that it makes; null for settings that all other parts need.</param>
public sealed record DumpSection(string File, string? Database);
