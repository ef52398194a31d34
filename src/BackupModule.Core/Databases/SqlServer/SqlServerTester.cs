using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Exchange;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Looks whether a backup of a source could be made.</summary>
internal static class SqlServerTester
{
    /// <summary>Looks at the exchange, the way to the server, the login, its rights, and the databases.</summary>
    public static async Task<IReadOnlyList<DatabaseFinding>> TestAsync(
        DatabaseAccess access, CancellationToken cancellationToken)
    {
        List<DatabaseFinding> findings = [];
        IBackupExchange? exchange = null;
        try
        {
            exchange = await BackupExchange.OpenAsync(access, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
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
                if (exchange is not null && !server.Profile.IsService)
                {
                    findings.AddRange(await ReviewAsync(exchange, session, server, cancellationToken).ConfigureAwait(false));
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

    private static async Task<IReadOnlyList<DatabaseFinding>> ReviewAsync(
        IBackupExchange exchange, SqlServerSession session, ServerInspection server, CancellationToken cancellationToken)
    {
        IReadOnlyList<DatabaseFinding> findings = await exchange
            .ReviewAsync(session, server.Profile, server.Databases, cancellationToken).ConfigureAwait(false);

        // Where the server cannot use the place at all, asking whether it sees something there says nothing more.
        return !findings.Any(static finding => finding.IsError)
            && await exchange.ProbeServerAsync(session, server.Profile, cancellationToken).ConfigureAwait(false) is { } blindness
                ? [.. findings, blindness]
                : findings;
    }
}
