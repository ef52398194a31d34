using System;
using System.Data;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>A state of one database that several sessions see alike, for as long as this is not disposed.</summary>
internal sealed class DatabaseSnapshot : IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;

    private DatabaseSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, string id, DateTimeOffset takenAt)
    {
        Connection = connection;
        _transaction = transaction;
        Id = id;
        TakenAt = takenAt;
    }

    /// <summary>A connection whose transaction sees the state.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The name that other sessions take it by.</summary>
    public string Id { get; }

    /// <summary>Its moment, by the server's clock.</summary>
    public DateTimeOffset TakenAt { get; }

    /// <summary>Takes the state of now.</summary>
    /// <exception cref="Diagnostics.BackupException">See <see cref="PostgresConnector.OpenAsync"/>.</exception>
    /// <exception cref="NpgsqlException">The server failed.</exception>
    public static async Task<DatabaseSnapshot> TakeAsync(
        PostgresConnector connector, string database, CancellationToken cancellationToken) =>
        await TakeAsync(await connector.OpenAsync(database, cancellationToken).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Takes the state of now with a connection, which is this one's from now on.</summary>
    /// <exception cref="NpgsqlException">The server failed.</exception>
    public static async Task<DatabaseSnapshot> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlTransaction transaction = await connection
                .BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
            await SqlCommands.ExecuteAsync(connection, "SET TRANSACTION READ ONLY", cancellationToken).ConfigureAwait(false);
            (string id, DateTime takenAt) = (await SqlCommands.ReadAsync(
                connection,
                "SELECT pg_export_snapshot(), clock_timestamp()",
                static row => (row.GetString(0), row.GetDateTime(1)),
                cancellationToken).ConfigureAwait(false))[0];
            return new DatabaseSnapshot(connection, transaction, id, new DateTimeOffset(takenAt.ToUniversalTime()));
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync().ConfigureAwait(false);
        await Connection.DisposeAsync().ConfigureAwait(false);
    }
}
