using System;
using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>The catalog's database: gives each call a transaction on a catalog of the newest schema, and turns its failures
/// into ours.</summary>
internal sealed class SqlDatabase(SqlDialect dialect)
{
    private readonly CatalogMigrator _migrator = new(dialect);

    /// <summary>Where the catalog is, for people.</summary>
    public string Location => dialect.Location;

    /// <summary>Looks something up. Makes nothing where there is no catalog.</summary>
    /// <param name="work">The work.</param>
    /// <param name="nothing">The answer where there is no catalog.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>.</exception>
    public Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, T nothing, CancellationToken cancellationToken) =>
        dialect.IsThere
            ? RunAsync(SessionPurpose.Read, work, nothing, cancellationToken)
            : Task.FromResult(nothing);

    /// <summary>Changes something, in one transaction. Makes the catalog if it is missing.</summary>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>.</exception>
    public Task<T> ChangeAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(SessionPurpose.Change, work, default!, cancellationToken);

    /// <summary>As <see cref="ChangeAsync{T}"/>, for work without a result.</summary>
    public Task ChangeAsync(Func<SqlSession, Task> work, CancellationToken cancellationToken) => ChangeAsync(
        async session =>
        {
            await work(session).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private async Task<T> RunAsync<T>(
        SessionPurpose purpose, Func<SqlSession, Task<T>> work, T nothing, CancellationToken cancellationToken)
    {
        try
        {
            DbConnection connection = await dialect.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                while (true)
                {
                    SqlSession session = await SqlSession
                        .BeginAsync(dialect, connection, purpose, cancellationToken)
                        .ConfigureAwait(false);
                    await using (session.ConfigureAwait(false))
                    {
                        SchemaState state = await _migrator.ReadStateAsync(session, cancellationToken).ConfigureAwait(false);
                        if (state == SchemaState.Missing && purpose == SessionPurpose.Read)
                        {
                            return nothing;
                        }

                        if (state == SchemaState.Current)
                        {
                            T result = await work(session).ConfigureAwait(false);
                            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
                            return result;
                        }
                    }

                    await _migrator.MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (FormatException failure)
        {
            throw dialect.Damaged("is damaged", failure);
        }
        catch (Exception failure) when (failure is not (BackupException or OperationCanceledException))
        {
            if (dialect.Translate(failure) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }
}
