using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.SQLite;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Sources.Generated;
using BackupModule.Tests.Interop;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BackupModule.Tests.Databases.SQLite;

public sealed class SQLiteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingObserver _observer = new();
    private readonly SQLiteEngine _engine = new();

    private int _backups;

    private string Live => _folder["shop.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_that_is_written_all_the_time_comes_back_as_it_was_at_one_moment()
    {
        using SqliteConnection writer = Create("wal", rows: 20_000);
        using CancellationTokenSource stop = new();

        // Two tables that only agree between transactions.
        Execute(writer, "CREATE TABLE a (n); CREATE TABLE b (n)");
        int written = 0;
        Task writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Execute(writer, "BEGIN; INSERT INTO a VALUES (1); INSERT INTO b VALUES (1); UPDATE items SET name = 'x' WHERE id % 97 = 1; COMMIT");
                Interlocked.Increment(ref written);
            }
        });
        while (Volatile.Read(ref written) < 5)
        {
            await Task.Yield();
        }

        DiskContent content = await BackUpAsync();
        int before = Volatile.Read(ref written);
        while (Volatile.Read(ref written) == before)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await writing;
        DatabaseRestoreResult result = await RestoreAsync(content, new() { Destination = _folder["restored"] });

        Assert.Equal(_folder["restored/main/shop.db"], result.Path);
        Assert.All(result.Checks, static check => Assert.True(check.Passed, check.Message));
        Assert.Equal([SQLiteInspection.IntegrityCheck, FingerprintComparer.CheckName], result.Checks.Select(static check => check.Name));
        Assert.Equal(["Extract", "Check", "Rename"], result.Phases.Select(static phase => phase.Name));
        Assert.Equal(Read(result.Path!, "SELECT count(*) FROM a"), Read(result.Path!, "SELECT count(*) FROM b"));
        Assert.InRange(Read(result.Path!, "SELECT count(*) FROM a"), 5, before);
        Assert.Equal("wal", content.Facts.SQLite!.JournalMode);
        Assert.Equal(4096, content.Facts.SQLite.PageSize);
        Assert.Equal(Live, content.Facts.SQLite.SourcePath);
        Assert.Equal(ContentCut.Blocks(32768), content.Cuts["shop.db"]);
    }

    [Fact]
    public async Task A_row_that_is_only_in_the_write_ahead_log_is_in_the_backup()
    {
        using SqliteConnection writer = Create("wal", rows: 100);
        Execute(writer, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0; INSERT INTO items VALUES (1000, 'newest')");

        DiskContent content = await BackUpAsync();

        File.Copy(Live, _folder["plain.db"]);
        Assert.Equal(100, Read(_folder["plain.db"], "SELECT count(*) FROM items"));
        string restored = (await RestoreAsync(content, new() { Destination = _folder["restored"] })).Path!;
        Assert.Equal(101, Read(restored, "SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_stale_log_at_the_target_cannot_spoil_what_is_restored()
    {
        DiskContent content;
        using (Create("wal", rows: 2_000))
        {
            content = await BackUpAsync();
        }

        // The log of a killed writer, which went on from the very state that was backed up.
        string stale = _folder["stale"];
        Directory.CreateDirectory(stale);
        File.Copy(_folder["shop.db"], Path.Combine(stale, "shop.db"));
        using (SqliteConnection killed = Open(Path.Combine(stale, "shop.db")))
        {
            Execute(killed, "PRAGMA wal_autocheckpoint = 0; DELETE FROM items");
            File.Copy(Path.Combine(stale, "shop.db-wal"), _folder["killed-wal"]);
        }

        string plain = _folder["plain.db"];
        File.Copy(Path.Combine(content.Folder, "shop.db"), plain);
        File.Copy(_folder["killed-wal"], plain + "-wal");
        Assert.Equal(0, Read(plain, "SELECT count(*) FROM items"));

        File.WriteAllBytes(Live, TestData.Generate("noise", 8192));
        File.Copy(_folder["killed-wal"], Live + "-wal", overwrite: true);
        File.WriteAllText(Live + "-journal", "old");
        await RestoreAsync(content, new() { IsInPlace = true });
        Assert.Equal(2_000, Read(Live, "SELECT count(*) FROM items"));

        string fresh = _folder["fresh/main/shop.db"];
        Directory.CreateDirectory(Path.GetDirectoryName(fresh)!);
        File.Copy(_folder["killed-wal"], fresh + "-wal");
        await RestoreAsync(content, new() { Destination = _folder["fresh"] });
        Assert.Equal(2_000, Read(fresh, "SELECT count(*) FROM items"));
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public async Task A_restore_in_place_leaves_nothing_else_and_keeps_mode_and_owner(string journal)
    {
        DiskContent content;
        using (SqliteConnection writer = Create(journal, rows: 50))
        {
            content = await BackUpAsync();
            Execute(writer, "DELETE FROM items");
        }

        Shell.Run("chmod 640 shop.db", _folder.Path);
        if (Shell.IsRoot)
        {
            Shell.Run("chown 4242:4343 shop.db", _folder.Path);
        }

        string owner = Shell.Read("stat -c '%u:%g %a' shop.db", _folder.Path);
        await RestoreAsync(content, new() { IsInPlace = true });

        Assert.Equal(["shop.db"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
        Assert.Equal(owner, Shell.Read("stat -c '%u:%g %a' shop.db", _folder.Path));
        Assert.Equal(50, Read(Live, "SELECT count(*) FROM items"));
    }

    [Theory]
    [InlineData("wal", "SELECT 1")]
    [InlineData("delete", "BEGIN IMMEDIATE")]
    public async Task A_database_that_somebody_uses_is_not_replaced(string journal, string doing)
    {
        using SqliteConnection user = Create(journal, rows: 50);
        DiskContent content = await BackUpAsync();
        Execute(user, doing);

        BackupException refused = await Assert.ThrowsAsync<BackupException>(
            () => RestoreAsync(content, new() { IsInPlace = true }));

        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, refused.Kind);
        Assert.Contains("locked by another process", refused.Message);
        Assert.Contains("Stop the program", refused.Guidance);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), static file => file.EndsWith(".restoring", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_has_it_open_without_a_lock_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only on Linux");
        DiskContent content;
        using (Create("delete", rows: 50))
        {
            content = await BackUpAsync();
        }

        using Process holder = Process.Start(new ProcessStartInfo("bash", ["-c", "exec 3<\"$0\"; echo ready; read line", Live])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await holder.StandardOutput.ReadLineAsync());

        BackupException refused = await Assert.ThrowsAsync<BackupException>(
            () => RestoreAsync(content, new() { IsInPlace = true }));

        Assert.Contains($"open in the process {holder.Id}", refused.Message);
        holder.StandardInput.Close();
        await holder.WaitForExitAsync();
        await RestoreAsync(content, new() { IsInPlace = true });
    }

    [Fact]
    public async Task A_damaged_database_is_not_backed_up()
    {
        using (Create("delete", rows: 5_000))
        {
        }

        using (FileStream file = File.OpenWrite(Live))
        {
            file.Position = 8 * 4096;
            file.Write(TestData.Generate("noise", 4096));
        }

        BackupException refused = await Assert.ThrowsAsync<BackupException>(BackUpAsync);

        Assert.Equal(BackupErrorKind.DatabaseBackupFailed, refused.Kind);
        Assert.Contains(Live, refused.Message);
        Assert.Contains("damaged", refused.Message);
        Assert.Matches("[Pp]age 9", refused.Message);
    }

    [Fact]
    public async Task A_damaged_backup_replaces_nothing()
    {
        DiskContent content;
        using (Create("delete", rows: 5_000))
        {
            content = await BackUpAsync();
        }

        using (FileStream file = File.OpenWrite(Path.Combine(content.Folder, "shop.db")))
        {
            file.Position = 8 * 4096;
            file.Write(TestData.Generate("noise", 4096));
        }

        byte[] before = File.ReadAllBytes(Live);
        await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(content, new() { IsInPlace = true }));
        Assert.Equal(before, File.ReadAllBytes(Live));

        DatabaseRestoreResult apart = await RestoreAsync(content, new() { Destination = _folder["restored"] });
        Assert.Contains(apart.Checks, static check => check.Passed == false);
    }

    [Fact]
    public async Task A_second_backup_stores_little_more_than_the_blocks_that_changed()
    {
        Restic.Require();
        using RepositoryFixture fixture = new();
        Repository repository = await fixture.CreateAsync();
        using SqliteConnection writer = Create("wal", rows: 200_000);
        BackupResult first = await BackUpAsync(fixture, repository);

        // A hundred rows in the two-hundredth part of the file that holds them, and one here and there.
        Execute(writer, "UPDATE items SET name = 'changed' WHERE id BETWEEN 1000 AND 1090 OR id % 20000 = 1");
        BackupResult second = await BackUpAsync(fixture, repository);

        Assert.InRange(first.Snapshot.Summary!.DataAdded, 8_000_000, long.MaxValue);
        Assert.InRange(second.Snapshot.Summary!.DataAdded, 1, 16 * 32768);
        await fixture.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task Large_pages_get_large_blocks()
    {
        using (SqliteConnection connection = Open(Live))
        {
            Execute(connection, "PRAGMA page_size = 65536; CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
        }

        DiskContent content = await BackUpAsync();

        Assert.Equal(ContentCut.Blocks(65536), content.Cuts["shop.db"]);
    }

    [Fact]
    public async Task Rows_that_refer_to_nothing_are_a_warning()
    {
        using (SqliteConnection connection = Create("delete", rows: 1))
        {
            Execute(connection, "PRAGMA foreign_keys = OFF; CREATE TABLE orders (item INTEGER REFERENCES items); INSERT INTO orders VALUES (99)");
        }

        DiskContent content = await BackUpAsync();

        Assert.Contains("orders (row 1) refers to items", Assert.Single(content.Facts.Warnings));
        Assert.Contains("orders", Assert.Single(_observer.Warnings));
    }

    [Fact]
    public async Task What_only_the_application_knows_does_not_stand_in_the_way()
    {
        using (SqliteConnection connection = Create("delete", rows: 10))
        {
            connection.CreateCollation("OURS", string.CompareOrdinal);
            Execute(connection, "CREATE TABLE words (w TEXT COLLATE OURS); CREATE INDEX i ON words (w); INSERT INTO words VALUES ('a'), ('b')");
        }

        DiskContent content = await BackUpAsync();
        DatabaseRestoreResult result = await RestoreAsync(content, new() { Destination = _folder["restored"] });

        Assert.Contains(content.Facts.Warnings, static warning => warning.Contains("OURS", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Checks, static check => check.Passed == false);
        Assert.Equal(10, Read(result.Path!, "SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_moment_cannot_be_reached()
    {
        using (Create("delete", rows: 1))
        {
        }

        DiskContent content = await BackUpAsync();
        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(
            content,
            new() { Destination = _folder["restored"], Target = new RecoveryTarget { Time = content.Facts.ConsistentAt } }));

        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, refused.Kind);
    }

    [Fact]
    public async Task What_is_there_is_not_overwritten()
    {
        using (Create("delete", rows: 1))
        {
        }

        DiskContent content = await BackUpAsync();
        string there = (await RestoreAsync(content, new() { Destination = _folder["restored"] })).Path!;
        File.WriteAllText(there, "mine");

        await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(content, new() { Destination = _folder["restored"] }));
        Assert.Equal("mine", File.ReadAllText(there));
    }

    [Fact]
    public async Task The_test_finds_nothing_wrong_with_a_good_database()
    {
        using SqliteConnection writer = Create("wal", rows: 1);

        Assert.Empty(await _engine.TestAsync(Access(), CancellationToken.None));
    }

    public static TheoryData<string, string, string> Unsuitable => new()
    {
        { "Data Source={0}/missing.db", "Connection", "There is no SQLite database" },
        { "Data Source={0}/text.db", "Setting", "not a database" },
        { "Data Source={0}/empty.db", "Setting", "is empty" },
        { "Data Source=shop.db", "Setting", "full path" },
        { "Data Source=:memory:", "Setting", "full path" },
        { "Server=there", "Setting", "cannot be read" },
        { "Data Source={0}/text.db;Password=secret", "Setting", "Encrypted" },
    };

    [Theory]
    [MemberData(nameof(Unsuitable))]
    public async Task The_test_says_what_is_wrong(string connectionString, string check, string message)
    {
        File.WriteAllText(_folder["text.db"], new string('x', 5000));
        File.WriteAllText(_folder["empty.db"], string.Empty);
        DatabaseAccess access = Access(string.Format(connectionString, _folder.Path));

        DatabaseFinding finding = Assert.Single(await _engine.TestAsync(access, CancellationToken.None));

        Assert.True(finding.IsError);
        Assert.Equal(check, finding.Check);
        Assert.Contains(message, finding.Message);
        Assert.NotNull(finding.Guidance);
        Assert.DoesNotContain("secret", finding.Message + finding.Guidance);
        await Assert.ThrowsAsync<BackupException>(() => _engine.BeginBackupAsync(access, _observer, CancellationToken.None));
    }

    [Fact]
    public async Task A_file_of_somebody_else_is_a_missing_right()
    {
        if (Shell.IsRoot)
        {
            OrdinaryUser.RunThisTest(typeof(SQLiteTests));
            return;
        }

        using (Create("delete", rows: 1))
        {
        }

        Shell.Run("chmod 0 shop.db", _folder.Path);
        DatabaseFinding finding = Assert.Single(await _engine.TestAsync(Access(), CancellationToken.None));
        Assert.Equal("Privilege", finding.Check);

        // Readable, but its log needs shared memory in a folder that is not writable.
        Shell.Run("chmod 600 shop.db", _folder.Path);
        using (SqliteConnection connection = Open(Live))
        {
            Execute(connection, "PRAGMA journal_mode = wal; INSERT INTO items VALUES (7, 'x')");
        }

        Shell.Run("chmod 500 .", _folder.Path);
        finding = Assert.Single(await _engine.TestAsync(Access(), CancellationToken.None));
        Assert.Equal("Privilege", finding.Check);
        Assert.Contains("folder", finding.Guidance);
    }

    private static SqliteConnection Open(string path)
    {
        SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    private static long Read(string path, string sql)
    {
        using SqliteConnection connection = Open(path);
        using SqliteCommand command = new(sql, connection);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteConnection Create(string journal, int rows)
    {
        SqliteConnection connection = Open(Live);
        Execute(
            connection,
            $"PRAGMA journal_mode = {journal}; CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT);"
            + $"WITH numbers (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM numbers WHERE value < {rows})"
            + "INSERT INTO items SELECT value, 'item number ' || value || hex(randomblob(16)) FROM numbers");
        return connection;
    }

    private DatabaseAccess Access(string? connectionString = null) => new(
        new DatabaseDefinition
        {
            Name = "main",
            Engine = DatabaseEngine.SQLite,
            ConnectionString = connectionString ?? $"Data Source={Live}",
        },
        null,
        TimeProvider.System);

    private async Task<DiskContent> BackUpAsync() => await DiskFolderWriter.StreamAsync(
        await _engine.BeginBackupAsync(Access(), _observer, CancellationToken.None),
        _folder[$"backup{_backups++}"]);

    private async Task<BackupResult> BackUpAsync(RepositoryFixture fixture, Repository repository)
    {
        await using IDatabaseBackup backup = await _engine.BeginBackupAsync(Access(), _observer, CancellationToken.None);
        return await fixture.BackUpAsync(repository, new BackupOptions { Paths = [], Generated = [new GeneratedFile("about", "a test"u8.ToArray())], Streams = [backup] });
    }

    private Task<DatabaseRestoreResult> RestoreAsync(DiskContent content, DatabaseRestoreRequest request) =>
        _engine.RestoreAsync(Access(), request, content, _observer, CancellationToken.None);
}
