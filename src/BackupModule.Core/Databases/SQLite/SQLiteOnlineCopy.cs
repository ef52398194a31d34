using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>Copies a database that others use, page by page, as it stood at one moment.</summary>
/// <remarks>The whole copy is read within one transaction. So writes of others neither get into it nor make SQLite start it
/// again, and it can be stopped between steps. Databases with a write-ahead log are written meanwhile; others wait with their
/// commits until the copy is there.</remarks>
internal static class SQLiteOnlineCopy
{
    private const int PagesPerStep = 2048;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Copies a database into a new file.</summary>
    /// <returns>The moment that the copy stands for.</returns>
    /// <exception cref="SqliteException">It cannot be read or written, or was locked for longer than half a minute.</exception>
    public static async Task<DateTimeOffset> RunAsync(
        SqliteConnection source, string destination, TimeProvider time, CancellationToken cancellationToken)
    {
        SqliteTransaction reading = await BeginReadingAsync(source, cancellationToken).ConfigureAwait(false);
        await using (reading.ConfigureAwait(false))
        {
            DateTimeOffset at = time.GetLocalNow();
            SqliteConnection copy = new(new SqliteConnectionStringBuilder
            {
                DataSource = destination,
                Pooling = false,
            }.ConnectionString);
            await using (copy.ConfigureAwait(false))
            {
                copy.Open();

                // Whoever needs the copy after a power cut makes it anew.
                SQLiteSource.Execute(copy, "PRAGMA synchronous = OFF");
                CopyPages(source, copy, cancellationToken);
            }

            return at;
        }
    }

    // A transaction reads nothing before its first statement does.
    private static async Task<SqliteTransaction> BeginReadingAsync(
        SqliteConnection source, CancellationToken cancellationToken)
    {
        SQLiteSource.Execute(source, "PRAGMA busy_timeout = 250");
        source.DefaultTimeout = 1;
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SqliteTransaction transaction = source.BeginTransaction(deferred: true);
            try
            {
                SQLiteSource.ReadValue<long>(source, "SELECT count(*) FROM sqlite_schema");
                return transaction;
            }
            catch (SqliteException failure)
                when (SQLiteErrors.IsBusy(failure.SqliteErrorCode) && Stopwatch.GetElapsedTime(begun) < s_patience)
            {
                // Gives others a turn. What is waited for is real, so the time is, too.
                await transaction.DisposeAsync().ConfigureAwait(false);
                await Task.Delay(50, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await transaction.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private static void CopyPages(SqliteConnection source, SqliteConnection copy, CancellationToken cancellationToken)
    {
        using sqlite3_backup backup = raw.sqlite3_backup_init(copy.Handle, "main", source.Handle, "main");
        if (backup.IsInvalid)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(copy.Handle), copy.Handle);
        }

        int code = raw.SQLITE_OK;
        while (code == raw.SQLITE_OK)
        {
            cancellationToken.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, PagesPerStep);
        }

        if (code != raw.SQLITE_DONE)
        {
            SqliteException.ThrowExceptionForRC(code, copy.Handle);
        }
    }
}
