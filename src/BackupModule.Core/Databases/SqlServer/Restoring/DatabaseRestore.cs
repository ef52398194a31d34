using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Exchange;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Restoring;

/// <summary>The restore of one database: the full backup, the differential one, the logs in order, recovery, and a
/// check. Files go through the
/// exchange one at a time.</summary>
internal sealed class DatabaseRestore(
    SqlServerSession session,
    ServerProfile server,
    IBackupExchange exchange,
    DatabaseRestoreRequest request,
    IDatabaseContent content,
    IBackupObserver observer,
    RestoreJournal journal)
{
    private const int CopySize = 1024 * 1024;

    /// <summary>Restores it.</summary>
    /// <param name="plan">What is restored.</param>
    /// <param name="name">The name it gets.</param>
    /// <param name="replaced">The database of that name which it takes the place of; null for none.</param>
    /// <param name="cancellationToken">Stops it; the database is left waiting for the rest.</param>
    public async Task RunAsync(
        PlannedRecovery plan, string name, DatabaseProfile? replaced, CancellationToken cancellationToken)
    {
        string? tail = replaced is null
            ? null
            : await journal.MeasureAsync("tail", () => SetAsideAsync(replaced, cancellationToken)).ConfigureAwait(false);
        try
        {
            await journal.MeasureAsync("restore", () => RestoreFullAsync(plan.Database, name, replaced, cancellationToken))
                .ConfigureAwait(false);
            if (plan.Chain.Differential is not null)
            {
                await journal.MeasureAsync(
                    "differential", () => RestoreDifferentialAsync(plan.Database.Differential!, name, cancellationToken))
                    .ConfigureAwait(false);
            }

            await journal.MeasureAsync("log", () => RestoreLogsAsync(plan, name, cancellationToken))
                .ConfigureAwait(false);
            await journal.MeasureAsync("recovery", () => RecoverAsync(name, replaced, cancellationToken)).ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            throw new BackupException(
                failure.Kind,
                $"{failure.Message} The database '{name}' is not usable as far as it was restored"
                    + (tail is null ? "." : $"; the last log of the one that it replaces is in '{tail}'."),
                failure.Guidance,
                failure)
            {
                Subject = name,
                IsTransient = failure.IsTransient,
            };
        }

        await journal.MeasureAsync("check", () => CheckAsync(name, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Sends everybody away from a database that is replaced, and saves what was written since its last log backup.
    /// </summary>
    /// <returns>The file with it; null where the database keeps no log, or none is to be had.</returns>
    private async Task<string?> SetAsideAsync(DatabaseProfile database, CancellationToken cancellationToken)
    {
        string what = $"taking the last log of '{database.Name}'";
        if (database.State.Equals("RESTORING", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!database.HasLogBackups)
        {
            observer.OnWarning($"The database '{database.Name}' keeps no log: what was written since its backup is lost.");
            await session.RunAsync(
                DatabaseStatements.Seclude(database.Name), what, database.Name, null, cancellationToken).ConfigureAwait(false);
            return null;
        }

        BackupDevice tail = exchange.DeviceOf(exchange.Names.ForTail());
        string backup = new BackupStatement
        {
            Database = database.Name,
            Type = BackupSetType.Log,
            Devices = [tail],
            LeavesRestoring = database.IsOnline,
            IsOfDamaged = !database.IsOnline,
        }.ToSql();
        try
        {
            // In one batch, so that nobody takes the one place in between.
            string batch = database.IsOnline ? $"{DatabaseStatements.Seclude(database.Name)} {backup}" : backup;
            await session.RunAsync(batch, what, database.Name, null, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException) when (database.IsOnline)
        {
            await session.RunAsync(
                DatabaseStatements.Open(database.Name), $"opening '{database.Name}'", database.Name, null, CancellationToken.None)
                .ConfigureAwait(false);
            throw;
        }

        observer.OnWarning($"The last log of '{database.Name}' as it was is kept in '{tail.Address}'.");
        return tail.Address;
    }

    private Task RestoreFullAsync(
        SqlServerDatabaseFacts facts, string name, DatabaseProfile? replaced, CancellationToken cancellationToken) =>
        UseFileAsync(
            "bak",
            target => CopyAsync(facts.File, target, cancellationToken),
            async devices =>
            {
                RestoreStatement statement = new()
                {
                    Database = name,
                    Type = BackupSetType.Full,
                    Devices = devices,
                    Moves = replaced is null
                        ? await PlaceFilesAsync(devices, name, cancellationToken).ConfigureAwait(false)
                        : [],
                    Replaces = replaced is not null,
                };
                await session.RunAsync(
                    statement.ToSql(), $"restoring '{name}'", name, percent => Report(name, percent), cancellationToken)
                    .ConfigureAwait(false);
            },
            cancellationToken);

    private Task RestoreDifferentialAsync(
        SqlServerDifferentialFacts facts, string name, CancellationToken cancellationToken) => UseFileAsync(
            "dif",
            target => CopyAsync(facts.File, target, cancellationToken),
            devices =>
            {
                RestoreStatement statement = new() { Database = name, Type = BackupSetType.Differential, Devices = devices };
                return session.RunAsync(
                    statement.ToSql(),
                    $"restoring the differential backup of '{name}'",
                    name,
                    percent => Report(name, percent),
                    cancellationToken);
            },
            cancellationToken);

    private async Task CopyAsync(string file, Stream target, CancellationToken cancellationToken)
    {
        Stream source = await content.OpenAsync(file, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            await source.CopyToAsync(target, CopySize, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<FileMove>> PlaceFilesAsync(
        IReadOnlyList<BackupDevice> devices, string name, CancellationToken cancellationToken)
    {
        string data = request.Destination ?? server.DataPath ?? throw new BackupException(
            BackupErrorKind.DatabaseUnsuitable,
            "The server does not say where new databases have their files.",
            "Give a folder of the server with -Destination.");
        return RestoredFiles.Place(
            await MediaReader.ListFilesAsync(session, devices, cancellationToken).ConfigureAwait(false),
            name,
            data,
            request.Destination ?? server.LogPath ?? data);
    }

    private async Task RestoreLogsAsync(PlannedRecovery plan, string name, CancellationToken cancellationToken)
    {
        ServerClock? before = null;
        int count = plan.Files.Count;
        for (int i = 0; i < count; i++)
        {
            before = await RestoreLogAsync(
                plan.Chain.Logs[i], plan.Files[i].Name, name, i == count - 1 ? before : null, cancellationToken)
                .ConfigureAwait(false);
            observer.OnProgress(new OperationProgress("Restoring logs", name, i + 1, count, 0, null, "logs"));
        }
    }

    /// <returns>The server's clock when the log was taken.</returns>
    private async Task<ServerClock> RestoreLogAsync(
        BackupSet log, string file, string name, ServerClock? before, CancellationToken cancellationToken)
    {
        ServerClock clock = default;
        await UseFileAsync(
            "trn",
            target => content.CopyLogAsync(file, target, cancellationToken),
            async devices =>
            {
                ServerClock utc = new(TimeSpan.Zero);
                BackupSet header = await MediaReader.ReadHeaderAsync(session, devices, utc.ToMoment, cancellationToken)
                    .ConfigureAwait(false);
                if (header.First != log.First || header.Last != log.Last || header.ForkId != log.ForkId)
                {
                    throw new BackupException(
                        BackupErrorKind.DatabaseRestoreFailed,
                        $"The log from {log.First} on is not what it was stored as.",
                        "Restore to a moment before it, and check the repository.");
                }

                // The header has the server's local time, the name the moment: so its offset at that time is known.
                clock = ServerClock.At(header.StartedAt.DateTime, SqlServerLogFile.BegunAt(file) ?? log.StartedAt);
                if (request.Target.Time is not null && before is { } other && other != clock)
                {
                    observer.OnWarning(
                        "The server's clock was put forward or back in the last log: its local time may name two moments, and the "
                        + "restore stops at the first.");
                }

                RestoreStatement statement = new()
                {
                    Database = name,
                    Type = BackupSetType.Log,
                    Devices = devices,
                    StopAt = request.Target.Time is { } moment ? clock.ToLocal(moment) : null,
                };
                await session.RunAsync(
                    statement.ToSql(), $"restoring the log of '{name}' from {log.First} on", name, null, cancellationToken)
                    .ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return clock;
    }

    private async Task RecoverAsync(string name, DatabaseProfile? replaced, CancellationToken cancellationToken)
    {
        await session.RunAsync(DatabaseStatements.Recover(name), $"recovering '{name}'", name, null, cancellationToken)
            .ConfigureAwait(false);
        if (replaced is not null)
        {
            await session.RunAsync(DatabaseStatements.Open(name), $"opening '{name}'", name, null, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task CheckAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await session.RunAsync(DatabaseStatements.Check(name), $"checking '{name}'", name, null, cancellationToken)
                .ConfigureAwait(false);
            journal.Add(new DatabaseCheck("CHECKDB", Passed: true));
        }
        catch (BackupException failure)
        {
            // Only what the server says of the data counts against it.
            bool? passed = failure.Kind == BackupErrorKind.DatabaseRestoreFailed ? false : null;
            journal.Add(new DatabaseCheck("CHECKDB", passed, $"{failure.Message} {failure.Guidance}"));
        }
    }

    private async Task UseFileAsync(
        string extension,
        Func<Stream, Task> fill,
        Func<IReadOnlyList<BackupDevice>, Task> use,
        CancellationToken cancellationToken)
    {
        BackupDevice device = exchange.DeviceOf(exchange.Names.ForRestore(extension));
        await exchange.FillAsync(device, fill, cancellationToken).ConfigureAwait(false);
        try
        {
            await use([device]).ConfigureAwait(false);
        }
        finally
        {
            await exchange.RemoveAsync(device, observer).ConfigureAwait(false);
        }
    }

    private void Report(string name, int percent) => observer.OnProgress(new OperationProgress(
        "Restoring databases", string.Create(CultureInfo.InvariantCulture, $"{name} ({percent}%)"), 0, null, 0, null, "databases"));
}
