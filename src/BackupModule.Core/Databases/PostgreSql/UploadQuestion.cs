using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Agreement;
using BackupModule.Core.Databases.PostgreSql.Logical;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Streams;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql;

/// <summary>Asks a source's database for the paths of uploads, and keeps them in the backup.</summary>
/// <param name="definition">The source.</param>
/// <param name="warn">Hears why they could not be had: that keeps no backup from being made.</param>
internal sealed class UploadQuestion(DatabaseDefinition definition, Action<string> warn)
{
    /// <summary>Asks with a connection of its own, which sees the state of now.</summary>
    /// <returns>What was kept; null where there is no query, or no answer.</returns>
    public async Task<UploadFacts?> AskAsync(PostgresConnector connector, IFolderWriter writer, CancellationToken cancellationToken)
    {
        if (definition.UploadQuery is null)
        {
            return null;
        }

        try
        {
            NpgsqlConnection connection = await connector.OpenAsync(connector.MainDatabase, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await AskAsync(connection, writer, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BackupException failure)
        {
            Warn(failure.Message);
            return null;
        }
    }

    /// <summary>Asks with a connection that is open, in its transaction if it has one; it is of no other use afterwards.
    /// </summary>
    public async Task<UploadFacts?> AskAsync(NpgsqlConnection connection, IFolderWriter writer, CancellationToken cancellationToken)
    {
        if (definition.UploadQuery is not { } query)
        {
            return null;
        }

        try
        {
            // Users write queries for the search path that their role has.
            await SqlCommands.ExecuteAsync(
                connection, "SET search_path TO DEFAULT; SET default_transaction_read_only = on", cancellationToken).ConfigureAwait(false);
            return await UploadList.WriteAsync(writer, ReadAsync(connection, query, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidCastException)
        {
            Warn((failure as PostgresException)?.MessageText ?? failure.Message);
            return null;
        }
    }

    private void Warn(string reason) =>
        warn($"The query for uploads failed, so they are not compared with the files: {reason}");

    private static async IAsyncEnumerable<string?> ReadAsync(
        NpgsqlConnection connection, string query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(query, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    yield return await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(0);
                }
            }
        }
    }
}
