using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Exchange;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Restoring;

/// <summary>Restores databases of SQL Server: as new databases, or in the place of those that are there.</summary>
internal static class SqlServerRestorer
{
    /// <summary>See <see cref="IDatabaseEngine.RequireRestorableAsync"/>.</summary>
    public static async Task RequireRestorableAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, CancellationToken cancellationToken)
    {
        IReadOnlyList<PlannedRecovery> plans = Plan(request, content);
        IBackupExchange exchange = await BackupExchange.OpenAsync(access, SilentObserver.Instance, cancellationToken)
            .ConfigureAwait(false);
        SqlServerSession session = await SqlServerSession.OpenAsync(access, ServerPurpose.Restore, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            ServerProfile server = await ServerProfile.ReadAsync(session, cancellationToken).ConfigureAwait(false);
            Check(server, content.Facts);
            await exchange.RequireUsableAsync(session, server, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<DatabaseProfile> present = await DatabaseProfile.ListAsync(session, cancellationToken).ConfigureAwait(false);
            foreach (PlannedRecovery plan in plans)
            {
                _ = NameOf(plan, request, present);
            }
        }
    }

    /// <summary>Restores what the request asks for.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.RestoreAsync"/>.</exception>
    public static async Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access,
        DatabaseRestoreRequest request,
        IDatabaseContent content,
        IBackupObserver observer,
        CancellationToken cancellationToken)
    {
        // What cannot be restored is found out before the server is touched.
        IReadOnlyList<PlannedRecovery> plans = Plan(request, content);
        IBackupExchange exchange = await BackupExchange.OpenAsync(access, observer, cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource limit = new(request.TimeLimit, access.Time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            SqlServerSession session = await SqlServerSession.OpenAsync(access, ServerPurpose.Restore, stop.Token)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                ServerProfile server = await ServerProfile.ReadAsync(session, stop.Token).ConfigureAwait(false);
                Check(server, content.Facts);
                await exchange.RequireUsableAsync(session, server, stop.Token).ConfigureAwait(false);
                RestoreJournal journal = new(access.Time);
                DatabaseRestore restore = new(session, server, exchange, request, content, observer, journal);
                IReadOnlyList<DatabaseProfile> present = await DatabaseProfile.ListAsync(session, stop.Token)
                    .ConfigureAwait(false);
                IReadOnlyList<string> names = [.. plans.Select(plan => NameOf(plan, request, present))];
                foreach ((PlannedRecovery plan, string name) in plans.Zip(names))
                {
                    await restore.RunAsync(plan, name, Find(present, name), stop.Token).ConfigureAwait(false);
                }

                return new DatabaseRestoreResult
                {
                    Name = access.Definition.Name,
                    Engine = DatabaseEngine.SqlServer,
                    Databases = names,
                    Position = plans.Count == 1 ? plans[0].Chain.End.ToString() : null,
                    ReachedAt = request.Target.Time ?? plans.Min(static plan => plan.Chain.ReachedAt),
                    Checks = journal.Checks,
                    Phases = journal.Phases,
                };
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseRestoreFailed,
                $"The restore of '{access.Definition.Name}' took longer than {Duration.Format(request.TimeLimit)}.",
                "Give it more time. A database that waits for the rest of its restore can be dropped.")
            {
                Subject = access.Definition.Name,
            };
        }
    }

    private static IReadOnlyList<PlannedRecovery> Plan(DatabaseRestoreRequest request, IDatabaseContent content)
    {
        IReadOnlyList<SqlServerDatabaseFacts> databases = content.Facts.SqlServer?.Databases ?? [];
        SqlServerDatabaseFacts[] chosen = [.. databases.Where(database => request.Database is null
            || request.Database.Equals(database.Set.Database, StringComparison.OrdinalIgnoreCase))];
        string? fault = request.Tables.Count > 0 || request.Schemas.Count > 0
            ? "A backup of SQL Server is restored by databases, not by tables or schemas."
            : chosen.Length == 0 ? $"The backup has no database '{request.Database}'."
            : request.NewName is not null && chosen.Length > 1 ? "Several databases cannot be given one new name."
            : request.NewName is not null && request.IsInPlace ? "What is restored in place has no new name."
            : null;
        return fault is null
            ? [.. chosen.Select(database => SqlServerRecovery.Plan(database, content.Logs, request.Target))]
            : throw new BackupException(
                BackupErrorKind.InvalidArgument,
                fault,
                $"The backup has: {string.Join(", ", databases.Select(static database => database.Set.Database))}.");
    }

    private static void Check(ServerProfile server, DatabaseFacts backup)
    {
        if (server.IsService || server.Version.Major < Version.Parse(backup.ServerVersion).Major)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The backup is of version {backup.ServerVersion}; the server has {server.Version} ({server.Edition}).",
                "Restore on a server of the backup's version or a later one.");
        }

        if (!server.CanCreateDatabases)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseAccessDenied,
                $"The login '{server.Login}' may not create databases.",
                Grants.CreateDatabase(server.Login));
        }
    }

    private static string NameOf(
        PlannedRecovery plan, DatabaseRestoreRequest request, IReadOnlyList<DatabaseProfile> present)
    {
        BackupSet set = plan.Database.Set;
        if (request.IsInPlace)
        {
            return set.Database;
        }

        string name = request.NewName ?? string.Create(
            CultureInfo.InvariantCulture,
            $"{set.Database}_restored_{request.Target.Time ?? plan.Chain.ReachedAt:yyyyMMdd_HHmmss}");
        return Find(present, name) is null
            ? name
            : throw new BackupException(
                BackupErrorKind.DatabaseRestoreFailed,
                $"A database '{name}' is on the server already.",
                "Give another name, or drop it.")
            {
                Subject = name,
            };
    }

    private static DatabaseProfile? Find(IReadOnlyList<DatabaseProfile> databases, string name) =>
        databases.FirstOrDefault(database => database.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
