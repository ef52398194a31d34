using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.PostgreSql.Fingerprinting;
using BackupModule.Core.Databases.PostgreSql.Physical;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>
/// Restores a base backup into a new data directory, recovers it to a target, checks it, and starts it as a server of its own.
/// </summary>
/// <remarks>The files are verified before the server touches them. Recovery runs in private; it counts as done when the server
/// has left it, and only what the server then says of itself is reported.</remarks>
internal sealed class PhysicalRestorer(
    DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, IBackupObserver observer)
{
    private readonly PhaseClock _clock = new(access.Time);
    private readonly List<DatabaseCheck> _checks = [];

    private string Name => content.Facts.Name;

    private PostgreSqlFacts Facts => content.Facts.PostgreSql!;

    // Where the copy can be compared with what the backup says of the server.
    private string? Fingerprinted => Facts.FingerprintLsn;

    private bool IsComparable => request.Target.IsBackupOnly
        || (request.Target.IsExclusive && request.Target.Position is { } position && position == Fingerprinted);

    /// <summary>See <see cref="IDatabaseEngine.RequireRestorableAsync"/>. That a live server has not been stopped yet is no reason
    /// to refuse.</summary>
    public async Task RequireRestorableAsync(CancellationToken cancellationToken)
    {
        (_, _, RestorePlaces places) = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        places.RequireRoom();
    }

    /// <summary>Restores.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.RestoreAsync"/>.</exception>
    public async Task<DatabaseRestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        (RecoveryReach reach, ServerPrograms programs, RestorePlaces places) = await PrepareAsync(cancellationToken)
            .ConfigureAwait(false);
        await ExtractAsync(places, programs, cancellationToken).ConfigureAwait(false);
        using PrivateFolder privateFolder = new();
        try
        {
            await PrivateFiles.WriteAsync(privateFolder.Path, cancellationToken).ConfigureAwait(false);
            Recovered recovered = await RecoverAsync(places, programs, privateFolder.Path, reach, cancellationToken)
                .ConfigureAwait(false);
            int? port = await HandOverAsync(places, programs, cancellationToken).ConfigureAwait(false);
            return new DatabaseRestoreResult
            {
                Name = Name,
                Engine = DatabaseEngine.PostgreSql,
                Path = places.DataFolder,
                Databases = recovered.Databases,
                Port = port,
                Position = recovered.Position,
                ReachedAt = recovered.ReachedAt,
                Checks = _checks,
                Phases = _clock.Phases,
            };
        }
        finally
        {
            if (Directory.Exists(places.SpoolFolder))
            {
                Directory.Delete(places.SpoolFolder, recursive: true);
            }
        }
    }

    private async Task<(RecoveryReach Reach, ServerPrograms Programs, RestorePlaces Places)> PrepareAsync(
        CancellationToken cancellationToken)
    {
        RecoveryReach reach = WalReach.Find(content.Facts, content.Logs);
        TargetSettings.Require(request.Target, Name, reach);
        ServerPrograms programs = await ServerPrograms
            .FindAsync(access.Definition.ToolFolder, content.Facts.ServerVersion, cancellationToken).ConfigureAwait(false);
        return (reach, programs, RestorePlaces.Choose(request, content.Facts));
    }

    private async Task ExtractAsync(RestorePlaces places, ServerPrograms programs, CancellationToken cancellationToken)
    {
        await _clock.MeasureAsync("extract", async () =>
        {
            places.MakeRoom();
            await content.ExtractAsync(BaseBackupFolder.Data, places.DataFolder, cancellationToken).ConfigureAwait(false);
            foreach ((string oid, string place) in places.Tablespaces)
            {
                await content.ExtractAsync($"{BaseBackupFolder.Tablespaces}/{oid}", place, cancellationToken).ConfigureAwait(false);
            }

            new ClusterFiles(places.DataFolder).LinkTablespaces(places.Tablespaces);
            if (!OperatingSystem.IsWindows())
            {
                foreach (string folder in places.All)
                {
                    File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
            }

            await programs.GiveAsync([.. places.All], cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await _clock.MeasureAsync("verify", () => VerifyFilesAsync(places, programs, cancellationToken)).ConfigureAwait(false);
    }

    // The server's own list of its files, with their sums.
    private async Task VerifyFilesAsync(RestorePlaces places, ServerPrograms programs, CancellationToken cancellationToken)
    {
        const string Program = "pg_verifybackup";
        if (!programs.Has(Program))
        {
            _checks.Add(new DatabaseCheck(Program, Passed: null, "It is not installed."));
            return;
        }

        ProgramResult result = await programs
            .RunAsync(Program, ["--no-parse-wal", "--quiet", places.DataFolder], places.DataFolder, cancellationToken)
            .ConfigureAwait(false);
        _checks.Add(new DatabaseCheck(Program, result.ExitCode == 0, result.ExitCode == 0 ? null : result.Describe()));
        if (result.ExitCode != 0)
        {
            throw Failed($"the restored files are not what the server sent: {result.Describe()}", "Restore another backup.");
        }
    }

    private async Task<Recovered> RecoverAsync(
        RestorePlaces places, ServerPrograms programs, string privateFolder, RecoveryReach reach, CancellationToken cancellationToken)
    {
        ClusterFiles files = new(places.DataFolder);
        if (await files.AddMissingSettingsAsync(cancellationToken).ConfigureAwait(false))
        {
            observer.OnDecision($"The settings of '{Name}' were not among its files; the usual ones take their place.");
        }

        files.MapTablespaces(places.Tablespaces);
        files.RequestRecovery();
        Directory.CreateDirectory(places.SpoolFolder);

        // A moment that can be reached lies before any hole; all that was committed until then does, too.
        WalFeeder feeder = WalFeeder.Prepare(
            places.SpoolFolder, content, programs, endsAtHole: request.Target.Time is not null, access.Time);
        await programs.GiveAsync([privateFolder, places.SpoolFolder, places.DataFolder], cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource limit = new(request.TimeLimit, access.Time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Task feeding = feeder.RunAsync(stop.Token);
        try
        {
            return await RecoverAsync(places, programs, privateFolder, feeder, feeding, reach, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Unfinished(
                places, Failed($"recovery did not end within {request.TimeLimit}", "Allow more time, or restore a younger backup."));
        }
        catch (BackupException failure)
        {
            throw Unfinished(places, failure);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Recovered> RecoverAsync(
        RestorePlaces places,
        ServerPrograms programs,
        string privateFolder,
        WalFeeder feeder,
        Task feeding,
        RecoveryReach reach,
        CancellationToken cancellationToken)
    {
        // After the last commit the log may go on without any: then its end is what was asked for.
        RecoveryTarget target = Fingerprinted is { } fingerprinted && request.Target.IsBackupOnly
            ? new RecoveryTarget { Position = fingerprinted, IsExclusive = true, Timeline = request.Target.Timeline }
            : request.Target;
        while (true)
        {
            List<KeyValuePair<string, string>> settings = [.. TargetSettings.Of(target)];
            settings.Add(new("restore_command", target.IsBackupOnly
                ? "false"
                : $"{Quote(Path.Join(places.SpoolFolder, WalFeeder.Script))} %f \"%p\""));
            RecoveryServer server = RecoveryServer.Start(
                programs, places.DataFolder, privateFolder, Facts.Superuser ?? "postgres", settings, access.Time);
            await using (server.ConfigureAwait(false))
            {
                bool isPromoted = await _clock.MeasureAsync("recover", () => WaitAsync(server, feeding, cancellationToken))
                    .ConfigureAwait(false);
                if (isPromoted)
                {
                    return await InspectAsync(server, programs, privateFolder, cancellationToken).ConfigureAwait(false);
                }

                if (server.HasMissedTarget && target.Time is { } time && time <= reach.To)
                {
                    observer.OnDecision($"The last transaction was before {time:o}; the log is replayed to its end.");
                    target = RecoveryTarget.Latest with { Timeline = target.Timeline };
                    continue;
                }

                throw Explain(server, feeder);
            }
        }
    }

    private static async Task<bool> WaitAsync(RecoveryServer server, Task feeding, CancellationToken cancellationToken)
    {
        Task<bool> promotion = server.WaitForPromotionAsync(cancellationToken);
        if (await Task.WhenAny(promotion, feeding).ConfigureAwait(false) == feeding)
        {
            // The log cannot be read: the server would wait for ever.
            await feeding.ConfigureAwait(false);
        }

        return await promotion.ConfigureAwait(false);
    }

    private async Task<Recovered> InspectAsync(
        RecoveryServer server, ServerPrograms programs, string privateFolder, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> databases = await server.AskAsync(
            "template1", "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1", cancellationToken).ConfigureAwait(false);
        (string? position, DateTimeOffset? reachedAt) = RecoveryLog.Read(server.Log);
        await _clock.MeasureAsync("check", () => CheckAsync(server, programs, privateFolder, cancellationToken)).ConfigureAwait(false);
        return new Recovered(databases, position, reachedAt ?? content.Facts.ConsistentAt);
    }

    private async Task CheckAsync(
        RecoveryServer server, ServerPrograms programs, string privateFolder, CancellationToken cancellationToken)
    {
        if (IsComparable)
        {
            await CompareAsync(server, cancellationToken).ConfigureAwait(false);
        }

        DatabaseCheck check = await new IndexCheck(server, programs, privateFolder).RunAsync(cancellationToken).ConfigureAwait(false);
        Report(check, $"has faults: {check.Message}", "Look into them with pg_amcheck, and compare with an older backup.");
    }

    // A backup without a log is recovered to the place of its fingerprints, so nothing may differ.
    private async Task CompareAsync(RecoveryServer server, CancellationToken cancellationToken)
    {
        if (content.Facts.Fingerprints is not { Count: > 0 } stored)
        {
            string why = Facts.WhyNoFingerprint is { } reason ? $": {reason}." : ".";
            _checks.Add(new DatabaseCheck(
                FingerprintComparer.CheckName, Passed: null, $"The backup has no fingerprint to compare with{why}"));
            return;
        }

        foreach (DatabaseFingerprint fingerprint in stored)
        {
            NpgsqlConnection connection = await server.OpenAsync(fingerprint.Database, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                DatabaseCheck check = FingerprintComparer.Check(fingerprint, await new PostgresFingerprinter(access.Time)
                    .TakeAsync(connection, snapshotId: null, fingerprint, cancellationToken).ConfigureAwait(false));
                Report(
                    check with { Message = $"{fingerprint.Database}: {check.Message}" },
                    $"is not what the server had: in '{fingerprint.Database}' {check.Message}",
                    "Keep the copy and the backup, restore an older backup, and compare the two.");
            }
        }
    }

    private void Report(DatabaseCheck check, string fault, string guidance)
    {
        _checks.Add(check);
        if (check.Passed == false)
        {
            observer.OnItemFailed(new BackupException(
                BackupErrorKind.DatabaseRestoreFailed, $"The restored database '{Name}' {fault}", guidance)
            {
                Subject = Name,
            });
        }
    }

    private async Task<int?> HandOverAsync(RestorePlaces places, ServerPrograms programs, CancellationToken cancellationToken)
    {
        if (request.IsInPlace)
        {
            return null;
        }

        int port = request.Port ?? FindFreePort();
        string socketFolder = places.DataFolder.Length < 90 ? places.DataFolder : Path.GetTempPath();
        await new ClusterFiles(places.DataFolder).MakeIndependentAsync(port, socketFolder, cancellationToken).ConfigureAwait(false);
        await programs.GiveAsync([places.DataFolder], cancellationToken).ConfigureAwait(false);
        if (request.StopsAfterwards)
        {
            return port;
        }

        return await _clock.MeasureAsync("start", async () =>
        {
            string log = Path.Join(places.DataFolder, "server.log");
            ProgramResult result = await programs.RunAsync(
                "pg_ctl", ["start", "--pgdata", places.DataFolder, "--wait", "--silent", "--log", log], places.DataFolder, cancellationToken)
                .ConfigureAwait(false);
            return result.ExitCode == 0
                ? port
                : throw Failed(
                    $"the restored server does not start on the port {port}, see {log}: {result.Describe()}",
                    $"The database is recovered and checked. Choose another -Port, or start it by hand: pg_ctl start -D {places.DataFolder}");
        }).ConfigureAwait(false);
    }

    private BackupException Explain(RecoveryServer server, WalFeeder feeder)
    {
        if (feeder.MissingFile is { } missing)
        {
            return new BackupException(
                BackupErrorKind.LogGap,
                $"The database '{Name}' cannot be recovered to {request.Target}: the log has a hole, {missing} is missing.",
                "Recover to a moment before the hole, or restore a backup made after it; Get-BackupRecoveryWindow shows both.")
            {
                Subject = missing,
            };
        }

        return server.HasMissedTarget
            ? new BackupException(
                BackupErrorKind.RecoveryTargetUnreachable,
                $"The database '{Name}' was recovered to the end of its log without meeting {request.Target}.",
                "The transaction or restore point is not in the log after this backup; an older backup may reach it (-BackupId).")
            {
                Subject = Name,
            }
            : Failed($"the server ended its recovery: {server.Fault ?? (server.Log is [.., { } last] ? last : null) ?? "it said nothing"}", "Run the restore again.");
    }

    // Files are there, and no server that anybody should use.
    private static BackupException Unfinished(RestorePlaces places, BackupException failure) => new(
        failure.Kind,
        failure.Message,
        $"{failure.Guidance} What was restored so far is in '{places.DataFolder}', unfinished: remove it before the next try.".TrimStart(),
        failure)
    {
        Subject = failure.Subject,
    };

    private BackupException Failed(string why, string? guidance) => new(
        BackupErrorKind.DatabaseRestoreFailed, $"The database '{Name}' could not be restored: {why}.", guidance)
    {
        Subject = Name,
    };

    // For the shell, and for the server, which puts something else in the place of a percent sign.
    private static string Quote(string path) =>
        $"'{path.Replace("'", "'\\''", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}'";

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Recovered(IReadOnlyList<string> Databases, string? Position, DateTimeOffset ReachedAt);
}
