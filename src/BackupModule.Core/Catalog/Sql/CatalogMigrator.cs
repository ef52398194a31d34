using System.Data.Common;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>Brings a catalog to the newest schema: all missing steps in one transaction, never a step back.</summary>
internal sealed class CatalogMigrator(SqlDialect dialect)
{
    private int Newest => dialect.Migrations[^1].Version;

    /// <summary>How the open catalog's schema stands.</summary>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>: the catalog is of a newer version of the module, or
    /// another program's.</exception>
    public async Task<SchemaState> ReadStateAsync(SqlSession session, CancellationToken cancellationToken)
    {
        int version = await ReadVersionAsync(session, cancellationToken).ConfigureAwait(false);
        return version == 0 ? SchemaState.Missing : version < Newest ? SchemaState.Old : SchemaState.Current;
    }

    /// <summary>Applies the steps that the catalog lacks.</summary>
    /// <exception cref="BackupException">As <see cref="ReadStateAsync"/>.</exception>
    public async Task MigrateAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        SqlSession session = await SqlSession.BeginAsync(dialect, connection, SessionPurpose.Change, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            // Another process may have been faster, so the version is read again under the lock.
            await dialect.LockSchemaAsync(session, cancellationToken).ConfigureAwait(false);
            int version = await ReadVersionAsync(session, cancellationToken).ConfigureAwait(false);
            if (version == 0)
            {
                await dialect.PrepareSchemaAsync(session, cancellationToken).ConfigureAwait(false);
                await session.ExecuteAsync(
                    "CREATE TABLE schema_version (version INTEGER NOT NULL)", [], cancellationToken).ConfigureAwait(false);
            }

            foreach (CatalogMigration migration in dialect.Migrations.Where(step => step.Version > version))
            {
                await session.ExecuteAsync(migration.Sql, [], cancellationToken).ConfigureAwait(false);
            }

            await session.ExecuteAsync("DELETE FROM schema_version", [], cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync(
                "INSERT INTO schema_version VALUES (@version)", [("version", Newest)], cancellationToken)
                .ConfigureAwait(false);
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<int> ReadVersionAsync(SqlSession session, CancellationToken cancellationToken)
    {
        int version = await dialect.ReadVersionAsync(session, cancellationToken).ConfigureAwait(false);
        return version <= Newest
            ? version
            : throw new BackupException(
                BackupErrorKind.CatalogUnavailable,
                $"The catalog '{dialect.Location}' has the schema version {version}; this module knows versions up to "
                    + $"{Newest}.",
                $"Update the module, or set {BackupHome.CatalogVariable} to another catalog.")
            {
                Subject = dialect.Location,
            };
    }
}
