using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>Has <c>pg_amcheck</c> look through all tables and indexes of a restored server. The extension that it needs is there
/// for the time of the check only, unless a database has it anyway.</summary>
internal sealed class IndexCheck(RecoveryServer server, ServerPrograms programs, string socketFolder)
{
    private const string Program = "pg_amcheck";

    /// <summary>Checks all databases.</summary>
    public async Task<DatabaseCheck> RunAsync(CancellationToken cancellationToken)
    {
        if (!programs.Has(Program))
        {
            return new DatabaseCheck(Program, Passed: null, "It is not installed.");
        }

        List<string> without = [];
        foreach (string database in await ListDatabasesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!await HasExtensionAsync(database, cancellationToken).ConfigureAwait(false))
            {
                without.Add(database);
            }
        }

        ProgramResult result = await programs.RunAsync(
            Program,
            [
                "--all", "--install-missing", "--heapallindexed", "--host", socketFolder,
                "--port", PrivateFiles.Port.ToString(CultureInfo.InvariantCulture), "--username", server.Role,
            ],
            socketFolder,
            cancellationToken).ConfigureAwait(false);
        foreach (string database in without)
        {
            await ExecuteAsync(database, "DROP EXTENSION IF EXISTS amcheck", cancellationToken).ConfigureAwait(false);
        }

        return new DatabaseCheck(Program, result.ExitCode == 0, result.ExitCode == 0 ? null : result.Describe());
    }

    private async Task<List<string>> ListDatabasesAsync(CancellationToken cancellationToken)
    {
        List<string> names = [];
        NpgsqlConnection connection = await server.OpenAsync("template1", cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlCommand command = new("SELECT datname FROM pg_database WHERE datallowconn", connection);
            await using (command.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        names.Add(reader.GetString(0));
                    }
                }
            }
        }

        return names;
    }

    private async Task<bool> HasExtensionAsync(string database, CancellationToken cancellationToken) =>
        await ExecuteAsync(database, "SELECT 1 FROM pg_extension WHERE extname = 'amcheck'", cancellationToken)
            .ConfigureAwait(false) is not null;

    private async Task<object?> ExecuteAsync(string database, string statement, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.OpenAsync(database, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlCommand command = new(statement, connection);
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
