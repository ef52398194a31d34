using System;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Catalog.Sql;
using BackupModule.Core.Catalog.Sqlite;

namespace BackupModule.Core.Catalog;

/// <summary>The catalog in an SQLite file, which only the current user can read. The first change makes the file; nothing
/// stays open between calls.</summary>
public sealed class SqliteCatalog : SqlCatalog
{
    // A change takes milliseconds; but several processes may wait for each other, on a slow disk.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Names the file; touches nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock that leases are reckoned by; the system's if null.</param>
    public SqliteCatalog(string path, TimeProvider? time = null)
        : this(path, SqliteSchema.Migrations, time ?? TimeProvider.System, s_patience)
    {
    }

    /// <summary>As the public constructor, with a schema and a patience of its own.</summary>
    internal SqliteCatalog(
        string path, IReadOnlyList<CatalogMigration> migrations, TimeProvider time, TimeSpan patience)
        : base(new SqliteDialect(Path.GetFullPath(path), migrations, time, patience), time)
    {
    }
}
