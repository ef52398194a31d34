using System;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>Looks whether an SQLite database can be backed up.</summary>
internal static class SQLiteTest
{
    // Pages that are committed while the copy is made lie in the log, not in the copy; SQLite's own journal needs some space.
    private const long Reserve = 16 * 1024 * 1024;

    /// <summary>What keeps a backup from being made, or is worth changing.</summary>
    public static IReadOnlyList<DatabaseFinding> Run(DatabaseAccess access)
    {
        try
        {
            string path = SQLiteSource.PathOf(access);
            Require(path);
            return [];
        }
        catch (BackupException failure)
        {
            return [new DatabaseFinding(true, CheckOf(failure.Kind), failure.Message, failure.Guidance)];
        }
    }

    /// <summary>Reads from the database, and looks for space for the copy.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>, <c>DatabaseAccessDenied</c>,
    /// <c>DatabaseUnsuitable</c>, <c>StorageFull</c>.</exception>
    public static void Require(string path)
    {
        RequireFile(path);
        try
        {
            using SqliteConnection connection = SQLiteSource.OpenLive(path);
            connection.DefaultTimeout = 1;
            SQLiteSource.ReadValue<long>(connection, "SELECT count(*) FROM sqlite_schema");
            long needed = SQLiteSource.ReadValue<long>(connection, "PRAGMA page_count")
                * SQLiteSource.ReadValue<long>(connection, "PRAGMA page_size");
            RequireSpace(path, needed);
        }
        catch (SqliteException failure) when (SQLiteErrors.IsBusy(failure.SqliteErrorCode))
        {
            // Whoever writes for a moment is waited for when the copy is made.
            RequireSpace(path, new FileInfo(path).Length);
        }
        catch (SqliteException failure)
        {
            throw SQLiteErrors.Translate(failure, path, BackupErrorKind.DatabaseUnsuitable);
        }
    }

    private static void RequireFile(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

            // An empty file is an empty database to SQLite; as a source it is more likely a mistake, such as a wrong path that
            // some program has opened.
            if (file.Length == 0)
            {
                throw new BackupException(
                    BackupErrorKind.DatabaseUnsuitable,
                    $"The file '{path}' is empty.",
                    "Look whether the path is right; back an empty file up as a file of the policy.")
                {
                    Subject = path,
                };
            }
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnreachable,
                $"There is no SQLite database '{path}'.",
                "Look for the file, and correct the connection string.",
                failure)
            {
                Subject = path,
            };
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseAccessDenied,
                $"The SQLite database '{path}' cannot be read: {failure.Message}",
                $"Let the user {Environment.UserName} read the file, and write into its folder.",
                failure)
            {
                Subject = path,
            };
        }
    }

    private static void RequireSpace(string path, long needed)
    {
        long free = PrivateFolder.FreeSpace;
        if (needed + Reserve > free)
        {
            throw new BackupException(
                BackupErrorKind.StorageFull,
                $"A backup of '{path}' makes a copy of {HumanUnits.Size(needed)} in {Path.GetTempPath()}; "
                + $"{HumanUnits.Size(free)} are free there.",
                "Free some, or set TMPDIR to a folder on a larger disk.")
            {
                Subject = path,
            };
        }
    }

    private static string CheckOf(BackupErrorKind kind) => kind switch
    {
        BackupErrorKind.DatabaseUnreachable => "Connection",
        BackupErrorKind.DatabaseAccessDenied => "Privilege",
        BackupErrorKind.StorageFull => "Storage",
        _ => "Setting",
    };
}
