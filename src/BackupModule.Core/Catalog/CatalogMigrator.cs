using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Catalog;

/// <summary>Brings a catalog file to the newest schema: all missing steps in one transaction, never a step back.</summary>
internal sealed class CatalogMigrator(string path, IReadOnlyList<CatalogMigration> migrations)
{
    /// <summary>Applies the steps that the open catalog lacks.</summary>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>: the file is of a newer version of the module, or
    /// another program's.</exception>
    public async Task MigrateAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        int newest = migrations[^1].Version;
        if (await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false) == newest)
        {
            return;
        }

        // The transaction takes the write lock at once; another process may have been faster, so the version is read
        // again under it.
        SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        await using (transaction.ConfigureAwait(false))
        {
            int version = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
            foreach (CatalogMigration migration in migrations)
            {
                if (migration.Version > version)
                {
                    await ExecuteAsync(connection, migration.Sql, cancellationToken).ConfigureAwait(false);
                }
            }

            await ExecuteAsync(
                connection,
                $"""
                CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT;
                DELETE FROM schema_version;
                INSERT INTO schema_version VALUES ({newest});
                """,
                cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<int> ReadVersionAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        long tables = await ReadNumberAsync(
            connection,
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
            cancellationToken).ConfigureAwait(false) ?? 0;
        if (tables == 0)
        {
            return 0;
        }

        bool isCatalog = await ReadNumberAsync(
            connection,
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'",
            cancellationToken).ConfigureAwait(false) is not null;
        long? version = isCatalog
            ? await ReadNumberAsync(connection, "SELECT max(version) FROM schema_version", cancellationToken)
                .ConfigureAwait(false)
            : null;
        if (version is null)
        {
            throw new BackupException(
                BackupErrorKind.CatalogUnavailable,
                $"The file '{path}' is a database of another program.",
                $"Set {BackupHome.CatalogVariable} to another file.")
            {
                Subject = path,
            };
        }

        if (version > migrations[^1].Version)
        {
            throw new BackupException(
                BackupErrorKind.CatalogUnavailable,
                $"The catalog '{path}' has the schema version {version}; this module knows versions up to "
                    + $"{migrations[^1].Version}.",
                $"Update the module, or set {BackupHome.CatalogVariable} to another file.")
            {
                Subject = path,
            };
        }

        return (int)version;
    }

    private static async Task<long?> ReadNumberAsync(
        SqliteConnection connection,
        string sql,
        CancellationToken cancellationToken)
    {
        SqliteCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = sql;
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as long?;
        }
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        SqliteCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
