using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Restore;
using BackupModule.Core.Scanning;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Restore;

/// <summary>What a restore must not destroy at its destination.</summary>
public sealed class RestoreSafetyTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private string Live => _fixture.RestorePath + _fixture.SourcePath;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_file_of_which_the_backup_lost_a_part_is_left_as_it_stands()
    {
        _fixture.Write("a.bin", TestData.Generate("a", 50_000));
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        await _fixture.RestoreAsync(repository, backup.Snapshot);
        await LoseDataPacksAsync(repository);
        File.AppendAllText(Live + "/a.bin", "changed since");
        byte[] before = File.ReadAllBytes(Live + "/a.bin");

        RestoreResult result = await _fixture.RestoreAsync(repository, backup.Snapshot);

        Assert.False(result.IsComplete);
        Assert.Contains(BackupErrorKind.ChunkMissing, _fixture.FailureKinds);
        Assert.Equal(before, File.ReadAllBytes(Live + "/a.bin"));
    }

    [Fact]
    public async Task A_directory_with_content_gives_way_to_a_file_only_when_extra_content_may_go()
    {
        _fixture.Write("thing", "a file");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        Directory.CreateDirectory(Live + "/thing");
        File.WriteAllText(Live + "/thing/precious.txt", "precious");

        RestoreResult result = await _fixture.RestoreAsync(repository, backup.Snapshot);

        Assert.False(result.IsComplete);
        Assert.Equal("precious", File.ReadAllText(Live + "/thing/precious.txt"));

        await _fixture.RestoreAsync(repository, Options(backup) with { DeleteExtra = true });
        Assert.Equal("a file", File.ReadAllText(Live + "/thing"));
    }

    [Fact]
    public async Task Nothing_on_the_way_to_what_is_selected_is_replaced_when_nothing_may_be_overwritten()
    {
        _fixture.Write("sub/a.txt", "a");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        Directory.CreateDirectory(Live);
        File.WriteAllText(Live + "/sub", "precious");

        RestoreResult result = await _fixture.RestoreAsync(repository, Options(backup) with
        {
            Overwrite = OverwriteMode.Never,
            Selection = new PathSelection([_fixture.SourcePath + "/sub/a.txt"], []),
        });

        Assert.False(result.IsComplete);
        Assert.Equal("precious", File.ReadAllText(Live + "/sub"));
    }

    [Fact]
    public async Task Deleting_what_is_extra_spares_what_the_backup_excluded()
    {
        _fixture.Write("kept.txt", "kept");
        _fixture.Write("app.log", "left out");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository, new BackupOptions
        {
            Paths = [_fixture.SourcePath],
            Exclude = new ExcludeOptions { Patterns = ["*.log"] },
        });
        await _fixture.RestoreAsync(repository, backup.Snapshot);
        File.WriteAllText(Live + "/app.log", "precious");
        File.WriteAllText(Live + "/extra.txt", "extra");

        await _fixture.RestoreAsync(repository, Options(backup) with { DeleteExtra = true });

        Assert.False(File.Exists(Live + "/extra.txt"));
        Assert.Equal("precious", File.ReadAllText(Live + "/app.log"));
    }

    [Fact]
    public async Task Deleting_what_is_extra_spares_a_file_system_that_the_backup_did_not_enter()
    {
        using TemporaryFolder folder = new();
        using TemporaryDisk disk = new(folder, "1m");
        File.WriteAllText(disk.Path + "/precious.txt", "precious");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository, new BackupOptions
        {
            Paths = [folder.Path],
            Exclude = new ExcludeOptions { OneFileSystem = true },
        });
        Directory.CreateDirectory(_fixture.RestorePath + folder.Path);
        Directory.CreateDirectory(_fixture.RestorePath + disk.Path);
        Shell.Run("mount -t tmpfs -o size=1m tmpfs disk", _fixture.RestorePath + folder.Path);
        try
        {
            File.WriteAllText(_fixture.RestorePath + disk.Path + "/precious.txt", "precious");

            await _fixture.RestoreAsync(repository, Options(backup) with { DeleteExtra = true });

            Assert.True(File.Exists(_fixture.RestorePath + disk.Path + "/precious.txt"));
        }
        finally
        {
            Shell.Run("umount disk", _fixture.RestorePath + folder.Path);
        }
    }

    [Fact]
    public async Task Deleting_what_is_extra_stops_at_another_file_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Shell.IsRoot, "needs root on Linux, to mount a small disk");
        _fixture.Write("kept.txt", "kept");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        await _fixture.RestoreAsync(repository, backup.Snapshot);
        Directory.CreateDirectory(Live + "/media/usb");
        Shell.Run("mount -t tmpfs -o size=1m tmpfs usb", Live + "/media");
        try
        {
            File.WriteAllText(Live + "/media/usb/precious.txt", "precious");

            RestoreResult result = await _fixture.RestoreAsync(repository, Options(backup) with { DeleteExtra = true });

            Assert.False(result.IsComplete);
            Assert.True(File.Exists(Live + "/media/usb/precious.txt"));
        }
        finally
        {
            Shell.Run("umount usb", Live + "/media");
        }
    }

    [Fact]
    public async Task A_second_name_of_a_file_follows_it_when_the_file_is_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a program that cannot be written while it runs");
        string first = _fixture.Write("bin/sleep1", File.ReadAllBytes("/bin/sleep"));
        Shell.Run("chmod +x sleep1; ln sleep1 sleep2", Path.GetDirectoryName(first)!);
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        await _fixture.RestoreAsync(repository, backup.Snapshot);
        File.AppendAllText(Live + "/bin/sleep1", "changed");
        using System.Diagnostics.Process running = System.Diagnostics.Process.Start(Live + "/bin/sleep1", "30");
        try
        {
            RestoreResult result = await _fixture.RestoreAsync(repository, backup.Snapshot);

            Assert.True(result.IsComplete);
            Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(Live + "/bin/sleep1"));
            Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(Live + "/bin/sleep2"));
        }
        finally
        {
            running.Kill();
            running.WaitForExit();
        }
    }

    [Fact]
    public async Task Nothing_is_written_into_a_shared_file_that_cannot_be_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Shell.IsRoot, "needs root on Linux, to pin a file by a mount");
        _fixture.Write("hosts", "of the backup");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        Directory.CreateDirectory(Live);
        File.WriteAllText(Live + "/hosts", "precious and shared");
        Shell.Run("ln hosts ../hosts-elsewhere && mount --bind hosts hosts", Live);
        try
        {
            RestoreResult result = await _fixture.RestoreAsync(repository, backup.Snapshot);

            Assert.False(result.IsComplete);
            Assert.Equal("precious and shared", File.ReadAllText(Live + "/../hosts-elsewhere"));
        }
        finally
        {
            Shell.Run("umount hosts", Live);
        }
    }

    private RestoreOptions Options(BackupResult backup) =>
        new() { Snapshot = backup.Snapshot, Destination = _fixture.RestorePath };

    private async Task LoseDataPacksAsync(Repository repository)
    {
        foreach (IndexedPack pack in repository.Index.Blobs.EnumeratePacks()
            .Where(pack => pack.Entries[0].Key.Type == BlobType.Data).ToList())
        {
            await repository.Files.RemoveAsync(FileKind.Pack, pack.Id, CancellationToken.None);
        }

        await new RepairRunner(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new RepairOptions(), CancellationToken.None);
    }
}
