using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
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
        foreach (string database in await server.AskAsync(
            "template1", "SELECT datname FROM pg_database WHERE datallowconn", cancellationToken).ConfigureAwait(false))
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
            NpgsqlConnection connection = await server.OpenAsync(database, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await SqlCommands.ExecuteAsync(connection, "DROP EXTENSION IF EXISTS amcheck", cancellationToken).ConfigureAwait(false);
            }
        }

        return new DatabaseCheck(Program, result.ExitCode == 0, result.ExitCode == 0 ? null : result.Describe());
    }

    private async Task<bool> HasExtensionAsync(string database, CancellationToken cancellationToken) =>
        (await server.AskAsync(database, "SELECT extname FROM pg_extension WHERE extname = 'amcheck'", cancellationToken)
            .ConfigureAwait(false)).Count > 0;
}
