using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using MySqlConnector;

namespace BackupModule.Core.Databases.MySql;

/// <summary>A connection to a server, in UTC.</summary>
internal sealed class MySqlSession : IAsyncDisposable
{
    private readonly MySqlConnection _connection;
    private readonly string _address;

    private MySqlSession(MySqlConnection connection, string address)
    {
        _connection = connection;
        _address = address;
    }

    /// <summary>The server's version, as <c>10.11.19-MariaDB</c>.</summary>
    public string Version { get; private set; } = string.Empty;

    /// <summary>True for MariaDB, false for MySQL.</summary>
    public bool IsMariaDb => Version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>The version's numbers.</summary>
    public Version Number => System.Version.TryParse(Version.Split('-')[0], out Version? number) ? number : new Version(0, 0);

    /// <summary>Takes over a connection.</summary>
    public static async Task<MySqlSession> BeginAsync(
        MySqlConnection connection, string address, CancellationToken cancellationToken)
    {
        MySqlSession session = new(connection, address);
        await session.ExecuteAsync("SET time_zone = '+00:00', NAMES utf8mb4", cancellationToken).ConfigureAwait(false);
        session.Version = (await session.ReadValueAsync("SELECT VERSION()", cancellationToken).ConfigureAwait(false))!;
        return session;
    }

    /// <summary>Runs a statement that gives nothing.</summary>
    /// <exception cref="BackupException">The server refused it.</exception>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        MySqlCommand command = new(sql, _connection);
        await using (command.ConfigureAwait(false))
        {
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (MySqlException failure)
            {
                throw Translate(failure);
            }
        }
    }

    /// <summary>The first value of the first row as text; null where there is none.</summary>
    /// <exception cref="BackupException">The server refused it.</exception>
    public async Task<string?> ReadValueAsync(string sql, CancellationToken cancellationToken)
    {
        await foreach (object?[] row in QueryAsync(sql, cancellationToken).ConfigureAwait(false))
        {
            return ToText(row[0]);
        }

        return null;
    }

    /// <summary>All rows as texts.</summary>
    /// <exception cref="BackupException">The server refused it.</exception>
    public async Task<IReadOnlyList<string?[]>> ReadRowsAsync(string sql, CancellationToken cancellationToken)
    {
        List<string?[]> rows = [];
        await foreach (object?[] row in QueryAsync(sql, cancellationToken).ConfigureAwait(false))
        {
            rows.Add([.. row.Select(ToText)]);
        }

        return rows;
    }

    /// <summary>The rows one after the other.</summary>
    /// <exception cref="BackupException">The server refused it.</exception>
    public async IAsyncEnumerable<object?[]> QueryAsync(
        string sql, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        MySqlCommand command = new(sql, _connection);
        await using (command.ConfigureAwait(false))
        {
            MySqlDataReader reader = await Guard(() => command.ExecuteReaderAsync(cancellationToken)).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await Guard(() => reader.ReadAsync(cancellationToken)).ConfigureAwait(false))
                {
                    object?[] row = new object?[reader.FieldCount];
                    for (int i = 0; i < row.Length; i++)
                    {
                        row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
                    }

                    yield return row;
                }
            }
        }
    }

    /// <summary>A variable of the server; null where it has none of the name.</summary>
    public async Task<string?> ReadVariableAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await ReadRowsAsync(
            $"SHOW GLOBAL VARIABLES LIKE '{name}'", cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0][1] : null;
    }

    /// <summary>The server's clock.</summary>
    public async Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken)
    {
        string text = (await ReadValueAsync("SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)", cancellationToken).ConfigureAwait(false))!;
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    /// <summary>What tells the server's log from those of other servers: MySQL's <c>server_uuid</c>, MariaDB's <c>server_uid</c>;
    /// where a MariaDB server is too old for that, its machine and port.</summary>
    public async Task<string> ReadSourceIdAsync(CancellationToken cancellationToken) =>
        await ReadVariableAsync(IsMariaDb ? "server_uid" : "server_uuid", cancellationToken).ConfigureAwait(false)
        ?? (await ReadValueAsync("SELECT CONCAT(@@hostname, ':', @@port, '/', @@server_id)", cancellationToken).ConfigureAwait(false))!;

    /// <summary>The databases that are not the server's own, in byte order.</summary>
    public async Task<IReadOnlyList<string>> ReadDatabasesAsync(CancellationToken cancellationToken) =>
        [.. (await ReadRowsAsync("SHOW DATABASES", cancellationToken).ConfigureAwait(false))
            .Select(static row => row[0]!)
            .Where(static name => !MySqlServer.IsSystem(name))
            .Order(StringComparer.Ordinal)];

    /// <summary>The end of the binary log; null where the server keeps none.</summary>
    /// <exception cref="BackupException"><c>DatabaseAccessDenied</c>.</exception>
    public async Task<(string File, long Position)?> ReadLogEndAsync(CancellationToken cancellationToken)
    {
        string statement = !IsMariaDb && Number >= new Version(8, 2) ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
        IReadOnlyList<string?[]> rows = await ReadRowsAsync(statement, cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 ? (rows[0][0]!, long.Parse(rows[0][1]!, CultureInfo.InvariantCulture)) : null;
    }

    /// <summary>The binary logs that the server has, oldest first, with their sizes in bytes.</summary>
    /// <exception cref="BackupException"><c>DatabaseAccessDenied</c>; <c>DatabaseUnsuitable</c>: it keeps none.</exception>
    public async Task<IReadOnlyList<(string File, long Size)>> ReadLogsAsync(CancellationToken cancellationToken) =>
        [.. (await ReadRowsAsync("SHOW BINARY LOGS", cancellationToken).ConfigureAwait(false))
            .Select(static row => (row[0]!, long.Parse(row[1]!, CultureInfo.InvariantCulture)))];

    /// <summary>Tables whose engine has no transactions, as <c>database.table (engine)</c>.</summary>
    public async Task<IReadOnlyList<string>> ReadTablesWithoutTransactionsAsync(
        IReadOnlyCollection<string> databases, CancellationToken cancellationToken)
    {
        if (databases.Count == 0)
        {
            return [];
        }

        string names = string.Join(", ", databases.Select(MySqlServer.QuoteText));
        return [.. (await ReadRowsAsync(
            "SELECT t.table_schema, t.table_name, t.engine FROM information_schema.tables t "
            + "JOIN information_schema.engines e ON e.engine = t.engine "
            + $"WHERE t.table_type = 'BASE TABLE' AND coalesce(e.transactions, 'NO') <> 'YES' AND t.table_schema IN ({names}) "
            + "ORDER BY 1, 2",
            cancellationToken).ConfigureAwait(false)).Select(static row => $"{row[0]}.{row[1]} ({row[2]})")];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static string? ToText(object? value) => value switch
    {
        null => null,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private async Task<T> Guard<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (MySqlException failure)
        {
            throw Translate(failure);
        }
    }

    private BackupException Translate(MySqlException failure) =>
        MySqlErrors.Translate(failure, _address, BackupErrorKind.DatabaseUnsuitable);
}
