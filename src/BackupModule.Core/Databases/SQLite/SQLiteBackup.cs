using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Streams;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>
/// Copies the database with SQLite's online backup to a private file, checks the copy, and streams it in blocks that its pages
/// fit into, so that a later backup stores only blocks with changed pages.
/// </summary>
/// <remarks>SQLite cannot stream a backup: a page that was sent may have to be sent again.</remarks>
internal sealed class SQLiteBackup(DatabaseAccess access, string path, IBackupObserver observer) : IDatabaseBackup
{
    private const int SmallestBlock = 32 * 1024;

    private DatabaseFacts? _facts;

    /// <inheritdoc/>
    public string Path => DatabasePaths.Of(access.Definition.Name);

    /// <inheritdoc/>
    public DatabaseFacts Facts => _facts ?? throw new InvalidOperationException("The database has not been streamed.");

    /// <inheritdoc/>
    public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        using PrivateFolder folder = new();
        string copy = folder["copy.db"];
        DatabaseFacts facts = await CopyAsync(copy, cancellationToken).ConfigureAwait(false);
        facts = Inspect(copy, facts, cancellationToken);
        foreach (string warning in facts.Warnings)
        {
            observer.OnWarning($"{path}: {warning}");
        }

        ContentCut cut = ContentCut.Blocks(Math.Max(SmallestBlock, facts.SQLite!.PageSize));
        StreamedEntry entry = new(facts.SQLite.FileName)
        {
            Permissions = OperatingSystem.IsWindows() ? null : (uint)File.GetUnixFileMode(path),
        };
        FileStream content = new(copy, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        await using (content.ConfigureAwait(false))
        {
            Stream file = writer.OpenFile(entry, cut);
            await using (file.ConfigureAwait(false))
            {
                await content.CopyToAsync(file, 1 << 20, cancellationToken).ConfigureAwait(false);
            }
        }

        _facts = facts;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<DatabaseFacts> CopyAsync(string copy, CancellationToken cancellationToken)
    {
        try
        {
            SqliteConnection source = SQLiteSource.OpenLive(path);
            await using (source.ConfigureAwait(false))
            {
                DateTimeOffset begun = access.Time.GetLocalNow();
                DateTimeOffset at = await SQLiteOnlineCopy.RunAsync(source, copy, access.Time, cancellationToken)
                    .ConfigureAwait(false);
                return new DatabaseFacts
                {
                    Name = access.Definition.Name,
                    Engine = DatabaseEngine.SQLite,
                    Mode = DatabaseMode.Physical,
                    ServerVersion = source.ServerVersion,
                    StartedAt = begun,
                    ConsistentAt = at,
                    SQLite = new SQLiteFacts(
                        System.IO.Path.GetFileName(path),
                        path,
                        PageSize: 0,
                        SQLiteSource.ReadValue<string>(source, "PRAGMA journal_mode")),
                };
            }
        }
        catch (SqliteException failure)
        {
            throw SQLiteErrors.Translate(failure, path, BackupErrorKind.DatabaseBackupFailed);
        }
    }

    private DatabaseFacts Inspect(string copy, DatabaseFacts facts, CancellationToken cancellationToken)
    {
        try
        {
            using SQLiteInspection inspection = new(copy, cancellationToken);
            DatabaseCheck integrity = inspection.CheckIntegrity();
            if (integrity.Passed == false)
            {
                throw new BackupException(
                    BackupErrorKind.DatabaseBackupFailed,
                    $"The SQLite database '{path}' is damaged: {integrity.Message}",
                    "Restore an earlier backup, or save what is readable with sqlite3's .recover; to keep the file as it is, add "
                    + "its path to the policy's files.")
                {
                    Subject = path,
                };
            }

            inspection.CheckForeignKeys();
            DatabaseFingerprint fingerprint = inspection.TakeFingerprint(facts.SQLite!.FileName);
            return facts with
            {
                Fingerprints = [fingerprint],
                SQLite = facts.SQLite with { PageSize = inspection.PageSize },
                Warnings = integrity.Passed is null
                    ? [$"The database could not be checked whole: {integrity.Message}", .. inspection.Warnings]
                    : inspection.Warnings,
            };
        }
        catch (SqliteException failure)
        {
            throw SQLiteErrors.Translate(failure, path, BackupErrorKind.DatabaseBackupFailed);
        }
    }
}
