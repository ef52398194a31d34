using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>What a restore is made easier by, and only a session of SQL can tell.</summary>
internal static class ServerPlace
{
    private const string Query =
        """
        SELECT (SELECT rolname FROM pg_roles WHERE oid = 10),
               (SELECT setting FROM pg_settings WHERE name = 'data_directory')
        """;

    /// <summary>The role that the server was made with, and where its files are; null for what is not to be had.</summary>
    public static async Task<(string? Superuser, string? DataDirectory)> AskAsync(
        ServerAddress address, DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        try
        {
            return (await SqlCommands.AskAsync(
                address.ForSql(access.PasswordText), Query, static row => (row.Text(0), row.Text(1)), cancellationToken)
                .ConfigureAwait(false))[0];
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            observer.OnDecision($"The server {address.Display} lets the role replicate, but not ask: {failure.Message}");
            return (null, null);
        }
    }
}
