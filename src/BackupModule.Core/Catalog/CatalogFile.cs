using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Catalog;

/// <summary>The catalog's file: makes it, opens it for one call at a time, and turns its failures into ours.</summary>
internal sealed class CatalogFile(string path, IReadOnlyList<CatalogMigration> migrations)
{
    private const int BusySeconds = 5;
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    /// <summary>Runs the work on an open, migrated catalog; makes the file if it is missing.</summary>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>.</exception>
    public async Task<T> UseAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            Create();
            SqliteConnection connection = new(ConnectionString());
            await using (connection.ConfigureAwait(false))
            {
                await OpenAsync(connection, cancellationToken).ConfigureAwait(false);
                await new CatalogMigrator(path, migrations)
                    .MigrateAsync(connection, cancellationToken)
                    .ConfigureAwait(false);
                return await work(connection).ConfigureAwait(false);
            }
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
        catch (FormatException e)
        {
            throw Damaged(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(
                $"cannot be made: {e.Message}",
                $"Check the rights on the folder, or set {BackupHome.FolderVariable} to another one.",
                e);
        }
    }

    // SQLite gives its journal the rights of the file, so making the file first settles both.
    private void Create()
    {
        if (File.Exists(path))
        {
            return;
        }

        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        string folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Directory.CreateDirectory(folder, OwnFile | UnixFileMode.UserExecute);
            options.UnixCreateMode = OwnFile;
        }

        options.Share = FileShare.ReadWrite;
        new FileStream(path, options).Dispose();
    }

    // SQLite's own waiting is finer than the 150 ms steps of the provider.
    private static async Task OpenAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        SqliteCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = $"PRAGMA busy_timeout = {BusySeconds * 1000}";
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // No pool: a handle kept open would stop the file from being replaced, and a share from being unmounted.
    private string ConnectionString() => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
        DefaultTimeout = BusySeconds,
    }.ToString();

    private BackupException Translate(SqliteException failure) => failure.SqliteErrorCode switch
    {
        SqliteCorrupt or SqliteNotADatabase => Damaged(failure),
        SqliteBusy or SqliteLocked => Unavailable(
            "is in use by another process",
            "Try again when the other process has finished.",
            failure,
            isTransient: true),
        _ => Unavailable(
            $"cannot be used: {failure.Message}",
            "Check that the file and its folder can be written and that the disk is not full.",
            failure),
    };

    private BackupException Damaged(Exception failure) => Unavailable(
        "is damaged",
        "Delete the file and register the repositories again with Register-BackupRepository; "
            + "the backups themselves are not affected.",
        failure);

    private BackupException Unavailable(
        string what,
        string guidance,
        Exception inner,
        bool isTransient = false) =>
        new(BackupErrorKind.CatalogUnavailable, $"The catalog '{path}' {what}.", guidance, inner)
        {
            Subject = path,
            IsTransient = isTransient,
        };
}
