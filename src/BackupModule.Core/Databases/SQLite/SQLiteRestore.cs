using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>Brings an SQLite database back: written beside its place, checked there, and renamed into it.</summary>
internal sealed class SQLiteRestore(
    DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, IBackupObserver observer)
{
    private readonly PhaseClock _clock = new(access.Time);

    /// <summary>See <see cref="IDatabaseEngine.RequireRestorableAsync"/>. That the application still has the live database open is
    /// no reason to refuse.</summary>
    public void RequireRestorable()
    {
        RequireSensible();
        _ = ChooseTarget();
    }

    /// <summary>Restores it.</summary>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>, <c>RecoveryTargetUnreachable</c>.</exception>
    public async Task<DatabaseRestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        RequireSensible();
        string target = ChooseTarget();
        if (request.IsInPlace)
        {
            SQLiteReplacement.RequireFree(target);
        }

        string folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():n}.restoring");
        try
        {
            await _clock.MeasureAsync("Extract", () => WriteAsync(file, cancellationToken)).ConfigureAwait(false);
            DatabaseCheck[] checks = await _clock.MeasureAsync(
                "Check", () => Task.FromResult(Check(file, cancellationToken))).ConfigureAwait(false);
            RequireGood(checks, target);
            await _clock.MeasureAsync("Rename", () => Task.Run(() => PutInPlace(file, target), cancellationToken))
                .ConfigureAwait(false);
            return new DatabaseRestoreResult
            {
                Name = access.Definition.Name,
                Engine = DatabaseEngine.SQLite,
                Path = target,
                Databases = [Path.GetFileName(target)],
                ReachedAt = content.Facts.ConsistentAt,
                Checks = checks,
                Phases = _clock.Phases,
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed(target, $"could not be written: {failure.Message}", "Look at the folder's rights and space.", failure);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private void RequireSensible()
    {
        if (!request.Target.IsBackupOnly)
        {
            throw new BackupException(
                BackupErrorKind.RecoveryTargetUnreachable,
                $"SQLite keeps no log to recover '{access.Definition.Name}' to {request.Target} with.",
                $"Restore the backup itself, which stands for {content.Facts.ConsistentAt:yyyy-MM-dd HH:mm:sszzz}, or another one.")
            {
                Subject = access.Definition.Name,
            };
        }

        if (request.Tables.Count > 0 || request.Schemas.Count > 0)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseRestoreFailed,
                "An SQLite database is restored whole, not by tables.",
                "Restore it into a folder, and copy the tables with sqlite3: ATTACH the restored file.")
            {
                Subject = access.Definition.Name,
            };
        }
    }

    private string ChooseTarget()
    {
        if (request.IsInPlace)
        {
            string named = SQLiteSource.PathOf(access);
            return File.ResolveLinkTarget(named, returnFinalTarget: true)?.FullName ?? named;
        }

        string folder = request.Destination ?? throw new BackupException(
            BackupErrorKind.InvalidArgument, "An SQLite database is restored into a folder, or in place.");
        string name = Path.GetFileName(request.NewName ?? content.Facts.SQLite!.FileName);
        string target = Path.GetFullPath(Path.Combine(folder, access.Definition.Name, name));
        return File.Exists(target)
            ? throw Failed(
                target, "is there already, and was left as it is", "Choose another destination, or restore in place.", null)
            : target;
    }

    private async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream output = new(file, options);
        await using (output.ConfigureAwait(false))
        {
            Stream input = await content.OpenAsync(content.Facts.SQLite!.FileName, cancellationToken).ConfigureAwait(false);
            await using (input.ConfigureAwait(false))
            {
                await input.CopyToAsync(output, 1 << 20, cancellationToken).ConfigureAwait(false);
            }

            output.Flush(flushToDisk: true);
        }
    }

    private DatabaseCheck[] Check(string file, CancellationToken cancellationToken)
    {
        try
        {
            using SQLiteInspection inspection = new(file, cancellationToken);
            DatabaseCheck integrity = inspection.CheckIntegrity();
            return integrity.Passed == false
                ? [integrity]
                : [
                    integrity,
                    FingerprintComparer.Check(
                        content.Facts.Fingerprints is [var stored, ..] ? stored : null,
                        inspection.TakeFingerprint(content.Facts.SQLite!.FileName)),
                ];
        }
        catch (SqliteException failure)
        {
            return [new DatabaseCheck(SQLiteInspection.IntegrityCheck, false, failure.Message)];
        }
    }

    // A damaged file in a folder of its own is better than none; in the place of a live database it is worse.
    private void RequireGood(DatabaseCheck[] checks, string target)
    {
        if (request.IsInPlace && Array.Find(checks, static check => check.Passed == false) is { } failed)
        {
            throw Failed(
                target,
                $"was left as it is, because the restored file failed {failed.Name}: {failed.Message}",
                "Restore another backup, or this one into a folder.",
                null);
        }
    }

    private void PutInPlace(string file, string target)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(target));
            if (!FileOwner.TryCopy(target, file))
            {
                observer.OnWarning($"The restored file '{target}' belongs to {Environment.UserName}: giving it to its owner was "
                    + "refused. Run chown on it.");
            }
        }

        SQLiteReplacement.Put(file, target);
    }

    private static BackupException Failed(string target, string what, string guidance, Exception? inner) =>
        new(BackupErrorKind.DatabaseRestoreFailed, $"The SQLite database '{target}' {what}.", guidance, inner)
        {
            Subject = target,
        };
}
