using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>What failures of SQLite mean for a backup or a restore.</summary>
internal static class SQLiteErrors
{
    /// <summary>True where somebody else holds the file for a moment.</summary>
    public static bool IsBusy(int code) => (code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>The exception for a failure.</summary>
    /// <param name="failure">What SQLite said.</param>
    /// <param name="path">The database.</param>
    /// <param name="otherwise">The kind where the failure's code says no more.</param>
    public static BackupException Translate(SqliteException failure, string path, BackupErrorKind otherwise)
    {
        (BackupErrorKind kind, string guidance) = failure.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB => (
                BackupErrorKind.DatabaseUnsuitable,
                "The file is no SQLite database, or it is encrypted; encrypted ones cannot be opened."),
            raw.SQLITE_CORRUPT => (
                otherwise, "The file is damaged: bring back an earlier backup, or save what is readable with sqlite3's .recover."),
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY or raw.SQLITE_AUTH => (
                BackupErrorKind.DatabaseAccessDenied,
                "Let this user read the file and write into its folder: a database with a write-ahead log needs shared memory "
                + "beside it, and a transaction that was broken off is rolled back when its application opens the file."),
            raw.SQLITE_FULL => (BackupErrorKind.StorageFull, "Free space on the disk, or set TMPDIR to a folder on a larger one."),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (otherwise, "Another process holds the file; stop it, or try again later."),
            _ => (otherwise, "See what sqlite3 says of the file by hand."),
        };
        return new BackupException(kind, $"SQLite cannot use '{path}': {failure.Message}", guidance, failure)
        {
            Subject = path,
            IsTransient = IsBusy(failure.SqliteErrorCode),
        };
    }
}
