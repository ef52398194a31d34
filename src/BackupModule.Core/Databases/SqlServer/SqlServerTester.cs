using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Looks whether a backup of a source could be made.</summary>
internal static class SqlServerTester
{
    /// <summary>Looks at the exchange folder, the way to the server, the login, its rights, and the databases.</summary>
    public static async Task<IReadOnlyList<DatabaseFinding>> TestAsync(
        DatabaseAccess access, CancellationToken cancellationToken)
    {
        List<DatabaseFinding> findings = [];
        ExchangeFolder? exchange = null;
        try
        {
            exchange = ExchangeFolder.Open(access.Definition);
        }
        catch (BackupException failure)
        {
            findings.Add(new DatabaseFinding(IsError: true, "Storage", failure.Message, failure.Guidance));
        }

        try
        {
            SqlServerSession session = await SqlServerSession.OpenAsync(access, ServerPurpose.Backup, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                ServerInspection server = await ServerInspection.MakeAsync(session, access.Definition, cancellationToken)
                    .ConfigureAwait(false);
                findings.AddRange(server.Findings);
                if (exchange is not null && !server.Profile.IsService
                    && await FindBlindnessAsync(session, server.Profile, exchange, cancellationToken).ConfigureAwait(false)
                        is { } blindness)
                {
                    findings.Add(blindness);
                }
            }
        }
        catch (BackupException failure)
        {
            string check = failure.Kind switch
            {
                BackupErrorKind.DatabaseAccessDenied => "Login",
                BackupErrorKind.InvalidArgument => "Setting",
                _ => "Connection",
            };
            findings.Add(new DatabaseFinding(IsError: true, check, failure.Message, failure.Guidance));
        }

        return findings;
    }

    /// <summary>Puts a file into the exchange folder and asks the server whether it sees it.</summary>
    private static async Task<DatabaseFinding?> FindBlindnessAsync(
        SqlServerSession session, ServerProfile server, ExchangeFolder exchange, CancellationToken cancellationToken)
    {
        string file = exchange.ForProbe();
        try
        {
            await exchange.FillAsync(file, static _ => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<bool> answer = await session.QueryAsync(
                $"EXEC master.dbo.xp_fileexist {TransactSql.Text(file)};",
                "looking for a file in the exchange folder",
                null,
                static row => Convert.ToInt32(row.GetValue(0), CultureInfo.InvariantCulture) == 1,
                cancellationToken).ConfigureAwait(false);
            return answer.Any(static isThere => isThere)
                ? null
                : new DatabaseFinding(
                    // For others than administrators the server may look with less rights than it backs up with.
                    server.IsAdministrator,
                    "Storage",
                    $"The server does not see the file '{Path.GetFileName(file)}' that this machine has put into the exchange "
                        + $"folder '{Path.GetDirectoryName(file)}'.",
                    "Mount one folder under the same path on both, and let the account of the server's service read and write in it.");
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            return new DatabaseFinding(
                IsError: false,
                "Storage",
                "The login may not ask the server whether it sees the exchange folder: the first backup will show it.",
                $"GRANT EXECUTE ON master.dbo.xp_fileexist TO {TransactSql.Name(server.Login)};");
        }
        finally
        {
            ExchangeFolder.TryRemove(file);
        }
    }
}
