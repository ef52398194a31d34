using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;
using BackupModule.Core.Storage;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class SqliteCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "home", "catalog.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_registered_is_found_again_by_any_spelling_of_its_name()
    {
        RegisteredRepository repository = Registrations.Make("Main") with
        {
            Provider = "AmazonS3",
            PasswordReference = "command:pass show 'backup'",
            CompressionLevel = 3,
            Role = RepositoryRole.Archive,
            Place = "a drawer, behind \"the\" books",
            CopyOf = new string('b', 64),
            AllowedLag = TimeSpan.FromDays(40.5),
            Store = new StoreSettings
            {
                Provider = StoreProvider.Wasabi,
                Endpoint = new Uri("https://s3.example.org:9000/"),
                Region = "eu",
                Addressing = StoreAddressing.VirtualHost,
                SecretKeyReference = "env:SECRET",
                Encryption = StoreEncryption.ManagedKey,
            },
        };
        await Catalog().AddRepositoryAsync(repository, CancellationToken.None);
        await Catalog().AddRepositoryAsync(Registrations.Make("also"), CancellationToken.None);

        Assert.Equal(repository, await Catalog().FindRepositoryAsync("mAIN", CancellationToken.None));
        Assert.Null(await Catalog().FindRepositoryAsync("none", CancellationToken.None));
        Assert.Equal(
            ["also", "Main"],
            (await Catalog().ListRepositoriesAsync(CancellationToken.None)).Select(found => found.Name));
    }

    [Fact]
    public async Task The_last_event_of_each_kind_is_kept_for_each_repository()
    {
        string id = new('a', 64);
        RepositoryFact synced = new()
        {
            Kind = RepositoryFactKind.Synced,
            At = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.FromHours(2)),
            Passed = false,
            NewestBackup = new DateTimeOffset(2026, 5, 3, 3, 2, 1, TimeSpan.Zero),
            NewestInSource = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero),
            Waiting = 3,
        };
        RepositoryFact verified = new() { Kind = RepositoryFactKind.Verified, At = synced.At.AddDays(1) };
        Assert.Empty(await Catalog().ListFactsAsync(CancellationToken.None));

        await Catalog().RecordFactAsync(id, synced with { Waiting = 9 }, CancellationToken.None);
        await Catalog().RecordFactAsync(id, verified, CancellationToken.None);
        await Catalog().RecordFactAsync(id, synced, CancellationToken.None);
        await Catalog().RecordFactAsync(new string('b', 64), verified, CancellationToken.None);

        ILookup<string, RepositoryFact> facts = await Catalog().ListFactsAsync(CancellationToken.None);
        Assert.Equal([synced, verified], facts[id].OrderBy(fact => fact.Kind));
        Assert.Equal([verified], facts[new string('b', 64)]);
    }

    [Fact]
    public async Task A_name_is_taken_once_whatever_its_case()
    {
        await Catalog().AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        await Catalog().AddRepositoryAsync(Registrations.Make("other"), CancellationToken.None);

        await AssertFailsAsync(
            BackupErrorKind.RepositoryExists,
            catalog => catalog.AddRepositoryAsync(Registrations.Make("MAIN"), CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.RepositoryExists,
            catalog => catalog.UpdateRepositoryAsync("other", Registrations.Make("Main"), CancellationToken.None));
    }

    [Fact]
    public async Task A_registration_can_be_changed_renamed_and_removed()
    {
        await Catalog().AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        RegisteredRepository renamed = Registrations.Make("second") with { PasswordReference = "env:PW" };

        await Catalog().UpdateRepositoryAsync("MAIN", renamed, CancellationToken.None);
        Assert.Equal([renamed], await Catalog().ListRepositoriesAsync(CancellationToken.None));

        await Catalog().RemoveRepositoryAsync("Second", CancellationToken.None);
        Assert.Empty(await Catalog().ListRepositoriesAsync(CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.RepositoryNotFound,
            catalog => catalog.RemoveRepositoryAsync("second", CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.RepositoryNotFound,
            catalog => catalog.UpdateRepositoryAsync("second", renamed, CancellationToken.None));
    }

    [Fact]
    public async Task A_password_never_reaches_the_file()
    {
        await AssertFailsAsync(
            BackupErrorKind.InvalidArgument,
            catalog => catalog.AddRepositoryAsync(
                Registrations.Make("main") with { PasswordReference = "correct horse" },
                CancellationToken.None));

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task Looking_makes_no_file()
    {
        Assert.Empty(await Catalog().ListRepositoriesAsync(CancellationToken.None));
        Assert.Null(await Catalog().FindRepositoryAsync("main", CancellationToken.None));
        Assert.False(Directory.Exists(Path.GetDirectoryName(FilePath)));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_current_user_can_read_the_catalog()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix file modes");
        await Catalog().AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);

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
        await Catalog().AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        await Catalog().ListRepositoriesAsync(CancellationToken.None);

        Assert.DoesNotContain(
            new DirectoryInfo("/proc/self/fd").GetFiles().Select(handle => handle.LinkTarget),
            target => target == FilePath);
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public async Task A_damaged_file_is_named_with_the_way_out()
    {
        await Catalog().AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
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
                catalog => catalog.ListRepositoriesAsync(CancellationToken.None));

            Assert.Contains(FilePath, failure.Message);
            Assert.Contains("Register-BackupRepository", failure.Guidance);
        }
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

    private SqliteCatalog Catalog() => new(FilePath);

    private async Task<BackupException> AssertFailsAsync(BackupErrorKind kind, Func<SqliteCatalog, Task> call)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => call(Catalog()));
        Assert.Equal(kind, failure.Kind);
        return failure;
    }
}
