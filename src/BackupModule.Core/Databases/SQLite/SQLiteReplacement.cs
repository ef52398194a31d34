using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Local;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>Puts a whole database file into the place of another one.</summary>
/// <remarks>
/// SQLite replays a log or journal that lies beside a database into it, whoever wrote it: one of the database that was there
/// would spoil the new one. So at no moment may the new file have the name while an old log has its name. The order is:
/// <list type="number">
/// <item>The live database is locked, which fails while another process uses it. SQLite itself takes in what is in its log or
/// journal, and removes them: from here on the old file is whole by itself.</item>
/// <item>A log or journal that is left (SQLite cannot open the old file, or there is none) gets another name, and the folder is
/// flushed. A crash here leaves the old file, or none, and nothing is lost.</item>
/// <item>The new file is renamed to the name, and the folder is flushed; before and after there is exactly one whole database.</item>
/// <item>What got another name is removed.</item>
/// </list>
/// The lock is held until the rename, so that nobody begins to write into the old file; it was turned to a rollback journal,
/// so that letting go of it removes no file that a next process has made beside the new one.
/// </remarks>
internal static class SQLiteReplacement
{
    private static readonly string[] s_companions = ["-wal", "-shm", "-journal"];

    /// <summary>Renames a file, which is flushed to disk, over a database.</summary>
    /// <param name="file">The new file, in the same folder.</param>
    /// <param name="path">The database; it need not be there.</param>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>: another process uses the database.</exception>
    public static void Put(string file, string path)
    {
        using SqliteConnection? held = File.Exists(path) ? TryHold(path) : null;
        RequireUnused(path);
        string folder = Path.GetDirectoryName(path)!;
        List<string> aside = SetCompanionsAside(path);
        DirectorySync.Flush(folder);
        File.Move(file, path, overwrite: true);
        DirectorySync.Flush(folder);
        aside.ForEach(File.Delete);
    }

    /// <summary>Says no where another process uses the database; changes nothing that its next user would not.</summary>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>.</exception>
    public static void RequireFree(string path)
    {
        using (File.Exists(path) ? TryHold(path) : null)
        {
            RequireUnused(path);
        }
    }

    // Null where SQLite cannot open the file: such a one is what a restore in place is for.
    private static SqliteConnection? TryHold(string path)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        }.ConnectionString);
        try
        {
            connection.Open();

            // With a write-ahead log, only this fails for a process that has the database open and does nothing.
            SQLiteSource.Execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
            SQLiteSource.Execute(connection, "BEGIN EXCLUSIVE");
            SQLiteSource.Execute(connection, "COMMIT");
            SQLiteSource.Execute(connection, "PRAGMA journal_mode = DELETE");
            return connection;
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            return failure.SqliteErrorCode switch
            {
                raw.SQLITE_BUSY or raw.SQLITE_LOCKED => throw InUse(path, "is locked by another process", failure),
                raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT or raw.SQLITE_IOERR => null,
                _ => throw SQLiteErrors.Translate(failure, path, BackupErrorKind.DatabaseRestoreFailed),
            };
        }
    }

    // A process that has a database with a rollback journal open and does nothing holds no lock; it would go on to write into
    // the file that no longer has a name.
    private static void RequireUnused(string path)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(path))
        {
            return;
        }

        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string? user = Directory.EnumerateDirectories("/proc")
            .Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]) && Path.GetFileName(process) != own)
            .FirstOrDefault(process => HasOpen(process, path));
        if (user is not null)
        {
            throw InUse(path, $"is open in the process {Path.GetFileName(user)}", null);
        }
    }

    private static bool HasOpen(string process, string path)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or it belongs to somebody else.
            return false;
        }
    }

    private static List<string> SetCompanionsAside(string path)
    {
        List<string> aside = [];
        foreach (string companion in s_companions.Select(suffix => path + suffix).Where(File.Exists))
        {
            string name = companion + ".replaced";
            File.Move(companion, name, overwrite: true);
            aside.Add(name);
        }

        return aside;
    }

    private static BackupException InUse(string path, string what, Exception? inner) => new(
        BackupErrorKind.DatabaseRestoreFailed,
        $"The SQLite database '{path}' {what}; it was left as it is.",
        "Stop the program that uses it, restore again, and start the program.",
        inner)
    {
        Subject = path,
    };
}
