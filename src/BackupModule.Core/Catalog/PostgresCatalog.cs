using System;
using System.Collections.Generic;
using BackupModule.Core.Catalog.Postgres;
using BackupModule.Core.Catalog.Sql;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Catalog;

/// <summary>The catalog in the schema <c>backupmodule</c> of a PostgreSQL database, for a fleet of machines. Leases are
/// reckoned by the server's clock. Connections are pooled in the process.</summary>
public sealed class PostgresCatalog : SqlCatalog
{
    /// <summary>Names the database; connects to nothing.</summary>
    /// <param name="address">The database, as <c>postgres://user@host:port/database?sslmode=verify-full</c>.</param>
    /// <param name="password">Where the password is found; null for <c>PGPASSWORD</c>, <c>PGPASSFILE</c> or
    /// <c>~/.pgpass</c>, as libpq does.</param>
    /// <param name="time">The clock of dates that are noted on the way; the system's if null.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the address makes no sense, or holds a password.</exception>
    public PostgresCatalog(string address, SecretReference? password = null, TimeProvider? time = null)
        : this(PostgresAddress.Parse(address), password, PostgresSchema.Migrations, time ?? TimeProvider.System)
    {
    }

    /// <summary>As the public constructor, with a schema of its own.</summary>
    internal PostgresCatalog(
        PostgresAddress address,
        SecretReference? password,
        IReadOnlyList<CatalogMigration> migrations,
        TimeProvider time)
        : base(new PostgresDialect(address, password, migrations), time)
    {
    }
}
