using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Sqlite;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class SqliteCatalogTests : CatalogConformance
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    protected override ICatalog Catalog => new SqliteCatalog(FilePath, _time);

    protected override IReadOnlyDictionary<string, string> ProcessEnvironment =>
        new Dictionary<string, string> { [BackupHome.CatalogVariable] = FilePath };

    private string FilePath => Path.Combine(_folder.Path, "home", "catalog.db");

    [Fact]
    public async Task A_password_never_reaches_the_file()
    {
        await AssertFailsAsync(
            BackupErrorKind.InvalidArgument,
            () => Catalog.AddRepositoryAsync(
                Registrations.Make("main") with { PasswordReference = "correct horse" },
                CancellationToken.None));

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task Looking_makes_no_file()
    {
        Assert.Empty(await Catalog.ListRepositoriesAsync(CancellationToken.None));
        Assert.Null(await Catalog.FindRepositoryAsync("main", CancellationToken.None));
        Assert.False(Directory.Exists(Path.GetDirectoryName(FilePath)));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_current_user_can_read_the_catalog()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix file modes");
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);

        UnixFileMode ownFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(ownFile, File.GetUnixFileMode(FilePath));
        Assert.Equal(
            ownFile | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public async Task Nothing_stays_open_or_lies_about_after_a_call()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        await Catalog.ListRepositoriesAsync(CancellationToken.None);

        Assert.DoesNotContain(
            new DirectoryInfo("/proc/self/fd").GetFiles().Select(handle => handle.LinkTarget),
            target => target == FilePath);
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public async Task A_damaged_file_is_named_with_the_way_out_and_never_written()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        byte[] content = await File.ReadAllBytesAsync(FilePath);
        byte[][] damages =
        [
            [.. "no database at all, but long enough for the header of one: "u8, .. new byte[100]],
            [.. content.AsSpan(0, 100), .. Enumerable.Repeat((byte)0xaa, content.Length - 100)],
            content[..5000],
        ];
        foreach (byte[] damage in damages)
        {
            await File.WriteAllBytesAsync(FilePath, damage);

            BackupException failure = await AssertFailsAsync(
                BackupErrorKind.CatalogUnavailable,
                () => Catalog.ListRepositoriesAsync(CancellationToken.None));

            Assert.Contains(FilePath, failure.Message);
            Assert.Contains("Update-BackupCatalog", failure.Guidance);
            await AssertFailsAsync(
                BackupErrorKind.CatalogUnavailable,
                () => Catalog.AddRepositoryAsync(Registrations.Make("other"), CancellationToken.None));
            Assert.Equal(damage, await File.ReadAllBytesAsync(FilePath));
        }
    }

    [Fact]
    public async Task A_catalog_that_stays_locked_is_a_failure_that_may_pass()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        using SqliteConnection other = Connect();
        using SqliteTransaction transaction = other.BeginTransaction(deferred: false);

        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable,
            () => new SqliteCatalog(FilePath, SqliteSchema.Migrations, _time, TimeSpan.FromSeconds(1))
                .AddRepositoryAsync(Registrations.Make("second"), CancellationToken.None));

        Assert.True(failure.IsTransient);
        Assert.Single(await Catalog.ListRepositoriesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_waits_for_a_locked_catalog_can_stop()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        using SqliteConnection other = Connect();
        using SqliteTransaction transaction = other.BeginTransaction(deferred: false);
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Catalog.AddRepositoryAsync(Registrations.Make("second"), stop.Token));
    }

    [Fact]
    public async Task A_place_that_cannot_hold_the_file_is_named()
    {
        string file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, string.Empty);
        SqliteCatalog catalog = new(Path.Combine(file, "catalog.db"));

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None));

        Assert.Equal(BackupErrorKind.CatalogUnavailable, failure.Kind);
    }

    protected override void ElapseLeases() => _time.Advance(TimeSpan.FromDays(1));

    protected override void Execute(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    protected override string Read(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (string)command.ExecuteScalar()!;
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private SqliteConnection Connect()
    {
        SqliteConnection connection = new($"Data Source={FilePath};Pooling=False");
        connection.Open();
        return connection;
    }
}
