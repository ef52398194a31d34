using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>Statements of a session of SQL, and their answers as lists. Limits of time are the session's, or the caller's.
/// </summary>
internal static class SqlCommands
{
    // Of a session that asks one question.
    private const int QuestionSeconds = 30;

    /// <summary>Runs statements.</summary>
    /// <exception cref="NpgsqlException">The server refused, or the connection broke.</exception>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a query.</summary>
    /// <param name="connection">The session.</param>
    /// <param name="sql">The query.</param>
    /// <param name="read">Makes something of each row.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="parameters">What stands for <c>$1</c> and so on.</param>
    /// <exception cref="NpgsqlException">The server refused, or the connection broke.</exception>
    public static Task<IReadOnlyList<T>> ReadAsync<T>(
        NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object[] parameters) => ReadAsync(connection, sql, 0, read, parameters, cancellationToken);

    /// <summary>Asks one question in a session of its own.</summary>
    /// <param name="connectionString">Where; see <see cref="ServerAddress.ForSql"/>.</param>
    /// <param name="sql">The query.</param>
    /// <param name="read">Makes something of each row.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="parameters">What stands for <c>$1</c> and so on.</param>
    /// <exception cref="NpgsqlException">The server let nobody in or refused, or did not answer within half a minute.</exception>
    public static async Task<IReadOnlyList<T>> AskAsync<T>(
        string connectionString,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object[] parameters)
    {
        NpgsqlConnection connection = new(connectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return await ReadAsync(connection, sql, QuestionSeconds, read, parameters, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A column's text; null for NULL.</summary>
    public static string? Text(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(
        NpgsqlConnection connection,
        string sql,
        int timeout,
        Func<NpgsqlDataReader, T> read,
        object[] parameters,
        CancellationToken cancellationToken)
    {
        List<T> rows = [];
        NpgsqlCommand command = new(sql, connection) { CommandTimeout = timeout };
        await using (command.ConfigureAwait(false))
        {
            foreach (object parameter in parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            }

            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }
            }
        }

        return rows;
    }
}
