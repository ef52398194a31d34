using System;
using System.Collections.Generic;
using System.Data;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Fingerprinting;

/// <summary>Says what a database of a PostgreSQL server holds: definitions, numbers of rows, and checksums of small tables.
/// </summary>
/// <remarks>Tables that are not logged, and those of extensions, are left out: no physical restore, and no dump, brings their
/// rows back. A checksum is the sum of the rows' hashes, so that their order makes no difference.</remarks>
/// <param name="time">The clock.</param>
/// <param name="limits">How much work it may be; null for the usual.</param>
public sealed class PostgresFingerprinter(TimeProvider time, FingerprintLimits? limits = null)
{
    private const string QueryCancelled = "57014";

    // A row's text depends on these; row_security off makes an error of rows that would not be shown.
    private const string Settings = """
        SET LOCAL search_path = '';
        SET LOCAL row_security = off;
        SET LOCAL DateStyle = 'ISO, YMD';
        SET LOCAL IntervalStyle = 'postgres';
        SET LOCAL TimeZone = 'UTC';
        SET LOCAL extra_float_digits = 1;
        SET LOCAL bytea_output = 'hex';
        SET LOCAL lc_monetary = 'C';
        SET LOCAL xmloption = 'content';
        SET LOCAL statement_timeout = 0;
        SET LOCAL idle_in_transaction_session_timeout = 0
        """;

    private const string TableQuery = """
        SELECT n.nspname::text, c.relname::text, c.reltuples::float8, pg_table_size(c.oid),
          has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        """;

    private readonly FingerprintLimits _limits = limits ?? new FingerprintLimits();

    /// <summary>Takes the fingerprint of the connection's database, in a transaction of its own.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="snapshotId">The exported snapshot whose state is taken; null for that of now.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="NpgsqlException">The server failed.</exception>
    public Task<DatabaseFingerprint> TakeAsync(
        NpgsqlConnection connection, string? snapshotId, CancellationToken cancellationToken) =>
        TakeAsync(connection, snapshotId, like: null, cancellationToken);

    /// <summary>As the other one, to be compared with one that there is: checksums are made of the tables that have one there.
    /// </summary>
    public async Task<DatabaseFingerprint> TakeAsync(
        NpgsqlConnection connection, string? snapshotId, DatabaseFingerprint? like, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction = await connection
            .BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            string snapshot = snapshotId is null
                ? string.Empty
                : $"SET TRANSACTION SNAPSHOT '{snapshotId.Replace("'", "''", StringComparison.Ordinal)}';";
            await SqlCommands.ExecuteAsync(connection, $"{snapshot} SET TRANSACTION READ ONLY; {Settings}", cancellationToken).ConfigureAwait(false);
            HashSet<string>? wanted = like is null
                ? null
                : [.. like.Tables.Where(static table => table.Checksum is not null).Select(static table => table.Name)];
            string schema = await SchemaText.HashAsync(connection, cancellationToken).ConfigureAwait(false);
            List<TableFingerprint> tables = [];
            long start = time.GetTimestamp();
            foreach (Table table in await ListAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                bool hasChecksum = wanted?.Contains(table.Name)
                    ?? (table.Rows <= _limits.ChecksumRows && table.Bytes <= _limits.ChecksumBytes);
                TimeSpan left = _limits.TimeOfAll - time.GetElapsedTime(start);
                tables.Add(table.IsReadable && left > TimeSpan.Zero
                    ? await ReadAsync(
                        connection,
                        transaction,
                        table,
                        hasChecksum,
                        TimeSpan.FromTicks(Math.Min(left.Ticks, _limits.TimeOfTable.Ticks)),
                        cancellationToken).ConfigureAwait(false)
                    : new TableFingerprint(table.Name, Rows: null, Checksum: null));
            }

            return new DatabaseFingerprint(connection.Database, schema, tables);
        }
    }

    private static async Task<IReadOnlyList<Table>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<Table> tables = await SqlCommands.ReadAsync(
            connection,
            TableQuery,
            static row => new Table(row.GetString(0), row.GetString(1), row.GetDouble(2), row.GetInt64(3), row.GetBoolean(4)),
            cancellationToken).ConfigureAwait(false);
        return [.. tables.OrderBy(static table => table.Name, StringComparer.Ordinal)];
    }

    private static async Task<TableFingerprint> ReadAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Table table,
        bool hasChecksum,
        TimeSpan limit,
        CancellationToken cancellationToken)
    {
        const string Savepoint = "fingerprint";
        string sum = hasChecksum ? "coalesce(sum(hashtextextended((whole_row.*)::text, 0)::numeric), 0)::text" : "NULL::text";
        await transaction.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        try
        {
            long milliseconds = Math.Max(1, (long)limit.TotalMilliseconds);
            await SqlCommands.ExecuteAsync(
                connection,
                string.Create(CultureInfo.InvariantCulture, $"SET LOCAL statement_timeout = {milliseconds}"),
                cancellationToken).ConfigureAwait(false);
            string relation = $"{PostgresErrors.Quote(table.Schema)}.{PostgresErrors.Quote(table.Relation)}";
            return (await SqlCommands.ReadAsync(
                connection,
                $"SELECT count(*), {sum} FROM ONLY {relation} AS whole_row",
                row => new TableFingerprint(table.Name, row.GetInt64(0), row.Text(1)),
                cancellationToken).ConfigureAwait(false))[0];
        }
        catch (PostgresException slow) when (slow.SqlState == QueryCancelled && !cancellationToken.IsCancellationRequested)
        {
            await transaction.RollbackAsync(Savepoint, cancellationToken).ConfigureAwait(false);
            return new TableFingerprint(table.Name, Rows: null, Checksum: null);
        }
    }

    /// <param name="Schema">Its schema.</param>
    /// <param name="Relation">Its name there.</param>
    /// <param name="Rows">The server's estimate of its rows.</param>
    /// <param name="Bytes">Its size.</param>
    /// <param name="IsReadable">True if the role sees all of it.</param>
    private sealed record Table(string Schema, string Relation, double Rows, long Bytes, bool IsReadable)
    {
        public string Name { get; } = TableName.Of(Schema, Relation);
    }
}
