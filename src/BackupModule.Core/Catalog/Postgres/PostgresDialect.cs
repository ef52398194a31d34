using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Sql;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using Npgsql;

namespace BackupModule.Core.Catalog.Postgres;

/// <summary>A catalog in a schema of a PostgreSQL database.</summary>
/// <param name="address">The database.</param>
/// <param name="password">Where the password is found; null for what the environment says.</param>
/// <param name="migrations">All steps of its schema, in order.</param>
internal sealed class PostgresDialect(
    PostgresAddress address, SecretReference? password, IReadOnlyList<CatalogMigration> migrations)
    : SqlDialect(address.ToString(), migrations)
{
    // Any number that no other program is likely to lock: the letters "backupmo".
    private const long SchemaLock = 0x6261636b75706d6f;

    private string? _connectionString;

    /// <inheritdoc/>
    public override string LockingRows => " FOR UPDATE";

    /// <inheritdoc/>
    public override string LockingFreeRows => " FOR UPDATE SKIP LOCKED";

    /// <inheritdoc/>
    public override string Folded(string expression) => $"lower({expression} COLLATE \"C\")";

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        _connectionString ??= await MakeConnectionStringAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ConnectAsync(_connectionString, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException failure) when (failure.IsTransient)
        {
            // The pool may have given a connection that the server has cut since; nothing was done on it yet.
            NpgsqlConnection pool = new(_connectionString);
            await using (pool.ConfigureAwait(false))
            {
                NpgsqlConnection.ClearPool(pool);
            }

            return await ConnectAsync(_connectionString, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async Task<DbTransaction> BeginAsync(
        DbConnection connection, SessionPurpose purpose, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async Task<int> ReadVersionAsync(SqlSession session, CancellationToken cancellationToken)
    {
        object? tables = await session.ReadValueAsync(
            $"""
            SELECT count(*) FILTER (WHERE relname = 'schema_version') * 1000 + count(*)
            FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace('{PostgresSchema.Name}') AND relkind = 'r'
            """,
            cancellationToken).ConfigureAwait(false);
        if (tables is 0L)
        {
            return 0;
        }

        return tables is >= 1000L
            && await session.ReadValueAsync("SELECT max(version) FROM schema_version", cancellationToken)
                .ConfigureAwait(false) is int version
            ? version
            : throw Unavailable(
                $"cannot be used: the schema '{PostgresSchema.Name}' there is another program's",
                $"Set {BackupHome.CatalogVariable} to another database.",
                inner: null);
    }

    /// <inheritdoc/>
    public override Task LockSchemaAsync(SqlSession session, CancellationToken cancellationToken) =>
        session.ExecuteAsync($"SELECT pg_advisory_xact_lock({SchemaLock})", [], cancellationToken);

    /// <inheritdoc/>
    public override async Task PrepareSchemaAsync(SqlSession session, CancellationToken cancellationToken)
    {
        // IF NOT EXISTS would ask for the right to make schemas even where the schema is there.
        if (await session.ReadValueAsync($"SELECT to_regnamespace('{PostgresSchema.Name}')::text", cancellationToken)
            .ConfigureAwait(false) is null)
        {
            await session.ExecuteAsync($"CREATE SCHEMA {PostgresSchema.Name}", [], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async Task<DateTimeOffset> ReadClockAsync(SqlSession session, CancellationToken cancellationToken) =>
        await session.ReadValueAsync("SELECT clock_timestamp()", cancellationToken).ConfigureAwait(false) is DateTime now
            ? new DateTimeOffset(now)
            : throw Damaged("gives no time", inner: null);

    /// <inheritdoc/>
    public override bool IsDuplicate(DbException failure) =>
        failure.SqlState == PostgresErrorCodes.UniqueViolation;

    /// <inheritdoc/>
    public override BackupException? Translate(Exception failure) =>
        PostgresFailure.Describe(failure) is var (what, guidance, isTransient)
            ? Unavailable(what, guidance, failure, isTransient)
            : null;

    /// <inheritdoc/>
    public override BackupException Damaged(string what, Exception? inner) => Unavailable(
        what,
        "The database is left as it is. If a newer version of the module wrote it, update this one. Else rename the schema "
            + $"'{PostgresSchema.Name}', register the repositories again with Register-BackupRepository, and rebuild the rest "
            + "from them with Update-BackupCatalog; the backups themselves are not affected.",
        inner);

    private static async Task<DbConnection> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = new(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            NpgsqlCommand command = new($"SET search_path TO {PostgresSchema.Name}", connection);
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<string> MakeConnectionStringAsync(CancellationToken cancellationToken)
    {
        if (password is null)
        {
            return address.ConnectionString(password: null);
        }

        using Secret secret = await new SecretResolver().ResolveAsync(password, cancellationToken).ConfigureAwait(false);
        return address.ConnectionString(Encoding.UTF8.GetString(secret.Utf8));
    }
}
