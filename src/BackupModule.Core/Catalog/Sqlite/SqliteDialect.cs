using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Sql;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Catalog.Sqlite;

/// <summary>A catalog in an SQLite file.</summary>
/// <remarks>The file keeps SQLite's rollback journal. A write-ahead log would let readers read while somebody writes, but
/// needs memory that all processes share, which a home on a network share does not have, and leaves two more files beside the
/// catalog; and what is written here is small and seldom.</remarks>
/// <param name="path">The file's full path.</param>
/// <param name="migrations">All steps of its schema, in order.</param>
/// <param name="time">The clock that leases are reckoned by.</param>
/// <param name="patience">How long to wait for another process that is writing.</param>
internal sealed class SqliteDialect(
    string path, IReadOnlyList<CatalogMigration> migrations, TimeProvider time, TimeSpan patience)
    : SqlDialect(path, migrations)
{
    // Nothing stops a wait inside SQLite, so a wait for a writer is made of short ones.
    private const int AttemptSeconds = 1;
    private const int AttemptMilliseconds = 250;

    // Readers, and whoever makes changes durable, wait for each other's moments only.
    private const int StatementSeconds = 30;
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteCorrupt = 11;
    private const int SqliteConstraint = 19;
    private const int SqliteNotADatabase = 26;

    /// <inheritdoc/>
    public override bool IsThere => File.Exists(Location);

    // Whoever changes something holds the lock of the whole file.

    /// <inheritdoc/>
    public override string LockingRows => string.Empty;

    /// <inheritdoc/>
    public override string LockingFreeRows => string.Empty;

    /// <inheritdoc/>
    public override string Folded(string expression) => expression + " COLLATE NOCASE";

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        Create();
        SqliteConnection connection = new(ConnectionString());
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            SqliteCommand command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                // SQLite's own waiting is finer than the 150 ms steps of the provider.
                command.CommandText = $"PRAGMA busy_timeout = {AttemptMilliseconds}";
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<DbTransaction> BeginAsync(
        DbConnection connection, SessionPurpose purpose, CancellationToken cancellationToken)
    {
        SqliteConnection file = (SqliteConnection)connection;
        file.DefaultTimeout = AttemptSeconds;
        SqliteTransaction? transaction = null;
        long begun = Stopwatch.GetTimestamp();
        while (transaction is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                transaction = file.BeginTransaction(deferred: purpose == SessionPurpose.Read);
            }
            catch (SqliteException failure) when (IsBusy(failure) && Stopwatch.GetElapsedTime(begun) < patience)
            {
                // Gives others a turn. What is waited for is real, so the time is, too.
                await Task.Delay(10, cancellationToken).ConfigureAwait(false);
            }
        }

        file.DefaultTimeout = StatementSeconds;
        return transaction;
    }

    /// <inheritdoc/>
    public override async Task<int> ReadVersionAsync(SqlSession session, CancellationToken cancellationToken)
    {
        object? tables = await session
            .ReadValueAsync("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", cancellationToken)
            .ConfigureAwait(false);
        if (tables is 0L)
        {
            return 0;
        }

        bool isCatalog = await session.ReadValueAsync(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'", cancellationToken)
            .ConfigureAwait(false) is not null;
        return isCatalog && await session.ReadValueAsync("SELECT max(version) FROM schema_version", cancellationToken)
            .ConfigureAwait(false) is long version
            ? (int)version
            : throw new BackupException(
                BackupErrorKind.CatalogUnavailable,
                $"The file '{Location}' is a database of another program.",
                $"Set {BackupHome.CatalogVariable} to another file.")
            {
                Subject = Location,
            };
    }

    // The transaction has locked the file.

    /// <inheritdoc/>
    public override Task LockSchemaAsync(SqlSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override Task PrepareSchemaAsync(SqlSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override Task<DateTimeOffset> ReadClockAsync(SqlSession session, CancellationToken cancellationToken) =>
        Task.FromResult(time.GetUtcNow());

    /// <inheritdoc/>
    public override bool IsDuplicate(DbException failure) => failure is SqliteException { SqliteErrorCode: SqliteConstraint };

    /// <inheritdoc/>
    public override BackupException? Translate(Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: SqliteCorrupt or SqliteNotADatabase } => Damaged("is damaged", failure),
        SqliteException busy when IsBusy(busy) => Unavailable(
            "is in use by another process",
            "Try again when the other process has finished.",
            failure,
            isTransient: true),
        SqliteException => Unavailable(
            $"cannot be used: {failure.Message}",
            "Check that the file and its folder can be written and that the disk is not full.",
            failure),
        IOException or UnauthorizedAccessException => Unavailable(
            $"cannot be made: {failure.Message}",
            $"Check the rights on the folder, or set {BackupHome.FolderVariable} to another one.",
            failure),
        _ => null,
    };

    /// <inheritdoc/>
    public override BackupException Damaged(string what, Exception? inner) => Unavailable(
        what,
        "The file is left as it is. If a newer version of the module wrote it, update this one. Else move it away, register "
            + "the repositories again with Register-BackupRepository, and rebuild the rest from them with "
            + "Update-BackupCatalog; the backups themselves are not affected.",
        inner);

    private static bool IsBusy(SqliteException failure) => failure.SqliteErrorCode is SqliteBusy or SqliteLocked;

    // SQLite gives its journal the rights of the file, so making the file first settles both.
    private void Create()
    {
        if (File.Exists(Location))
        {
            return;
        }

        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        string folder = Path.GetDirectoryName(Location)!;
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
        new FileStream(Location, options).Dispose();
    }

    // No pool: a handle kept open would stop the file from being replaced, and a share from being unmounted.
    private string ConnectionString() => new SqliteConnectionStringBuilder
    {
        DataSource = Location,
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
        DefaultTimeout = AttemptSeconds,
    }.ToString();
}
