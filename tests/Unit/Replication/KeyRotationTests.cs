using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;
using BackupModule.Core.Replication.Rotation;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Replication;

/// <summary>A repository with a new master key takes the place of the old one, or nothing changes.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Every_backup_is_there_under_a_new_master_key_and_the_old_repository_is_kept()
    {
        Restic.Require();
        Repository old = await MakeAsync();
        IReadOnlyList<Snapshot> before = await old.Snapshots.ListAllAsync(default);

        RotationResult result = await RunAsync(old);

        Repository successor = await _fixture.OpenAsync();
        IReadOnlyList<Snapshot> after = await successor.Snapshots.ListAllAsync(default);
        Assert.NotEqual(old.Config.Id, successor.Config.Id);
        Assert.Equal(result.RepositoryId, successor.Config.Id);
        Assert.Equal(old.Config.Polynomial, successor.Config.Polynomial);
        Assert.Equal(before.Select(snapshot => (snapshot.Tree, snapshot.Id)), after.Select(copy => (copy.Tree, copy.Original)));
        Assert.Equal(2, result.Backups);
        await _fixture.Restic.CheckAllAsync();
        Assert.Empty(await DamagedRepository.ListAsync(successor, FileKind.Lock));

        // Not even the old repository's password helps with the other's files.
        Repository kept = await _fixture.OpenAsync(new LocalObjectStore(result.OldLocation));
        Assert.Equal(old.Config.Id, kept.Config.Id);
        Assert.Null(kept.Cipher.Open(await File.ReadAllBytesAsync(Path.Combine(_fixture.RepositoryPath, "config"))));
        await new Restic(result.OldLocation, RepositoryFixture.Password).CheckAllAsync();
        Assert.Empty(await DamagedRepository.ListAsync(kept, FileKind.Lock));
        Assert.True(await KeyRotation.TookPlaceOfAsync(successor, old.Config.Id, _fixture.Observer, default));
        Assert.False(await KeyRotation.TookPlaceOfAsync(kept, successor.Config.Id, _fixture.Observer, default));
    }

    [Fact]
    public async Task Backups_go_on_and_deduplicate_against_what_was_encrypted_anew()
    {
        await RunAsync(await MakeAsync());

        Repository successor = await _fixture.OpenAsync();
        BackupResult next = await _fixture.BackUpAsync(successor);

        Assert.Equal(0, next.Snapshot.Summary!.DataBlobs);
        RotationResult again = await RunAsync(await _fixture.OpenAsync());
        Assert.Equal(3, again.Backups);
    }

    [Fact]
    public async Task Interrupted_at_any_call_it_goes_on_and_ends()
    {
        bool wasInterrupted = true;
        for (int calls = 0; wasInterrupted; calls += 9)
        {
            using KeyRotationTests one = new();
            wasInterrupted = await one.InterruptAndGoOnAsync(calls);
        }
    }

    [Fact]
    public async Task Interrupted_at_any_call_it_can_be_given_up()
    {
        bool wasInterrupted = true;
        for (int calls = 0; wasInterrupted; calls += 20)
        {
            using KeyRotationTests one = new();
            wasInterrupted = await one.InterruptAndAbandonAsync(calls);
        }
    }

    [Fact]
    public async Task A_backup_that_is_made_meanwhile_is_not_lost()
    {
        Repository old = await MakeAsync();
        bool isMade = false;
        KeyRotation rotation = Rotation(old, location => new InterceptedStore(new LocalObjectStore(location.Text))
        {
            BeforePut = async (key, _) =>
            {
                if (key.StartsWith("snapshots/", StringComparison.Ordinal) && !isMade)
                {
                    isMade = true;
                    _fixture.Write("late.txt", "late");
                    await _fixture.BackUpAsync(await _fixture.OpenAsync());
                }
            },
        });

        RotationResult result = await rotation.RunAsync(RepositoryFixture.PasswordBytes, TimeSpan.Zero, default);

        Assert.Equal(3, result.Backups);
        Assert.Equal(3, (await (await _fixture.OpenAsync()).Snapshots.ListAllAsync(default)).Count);
    }

    [Fact]
    public async Task With_a_damaged_backup_nothing_is_exchanged()
    {
        Repository old = await MakeAsync();
        string pack = Directory.EnumerateFiles(
            Path.Combine(_fixture.RepositoryPath, "data"), "*", SearchOption.AllDirectories)
            .MaxBy(path => new FileInfo(path).Length)!;
        DamagedRepository.FlipBit(pack, 100);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => RunAsync(old));

        Assert.Equal(BackupErrorKind.VerificationFailed, failure.Kind);
        Assert.Equal(old.Config.Id, (await _fixture.OpenAsync()).Config.Id);
    }

    [Fact]
    public async Task Damage_in_the_new_repository_keeps_the_old_one()
    {
        Repository old = await MakeAsync();
        KeyRotation rotation = Rotation(old, location => new RottingStore(new LocalObjectStore(location.Text), isShort: false));

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => rotation.RunAsync(RepositoryFixture.PasswordBytes, TimeSpan.Zero, default));

        Assert.Equal(BackupErrorKind.VerificationFailed, failure.Kind);
        Assert.Equal(old.Config.Id, (await _fixture.OpenAsync()).Config.Id);
    }

    [Fact]
    public async Task What_is_in_the_way_is_left_alone_and_nothing_begun()
    {
        Repository old = await MakeAsync();
        Directory.CreateDirectory(_fixture.RepositoryPath + ".new-key");
        await File.WriteAllTextAsync(_fixture.RepositoryPath + ".new-key/precious", "mine");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => RunAsync(old));

        Assert.Equal(BackupErrorKind.RepositoryForeign, failure.Kind);
        Assert.False(await Rotation(old).AbandonAsync(default));
        Assert.True(File.Exists(_fixture.RepositoryPath + ".new-key/precious"));
    }

    [Fact]
    public async Task An_exchange_that_was_cut_between_its_two_moves_is_finished()
    {
        Repository old = await MakeAsync();
        StoreLocation location = StoreLocation.Parse(_fixture.RepositoryPath, "/");
        Assert.False(KeyRotation.FinishExchange(location));
        Directory.Move(_fixture.RepositoryPath, _fixture.RepositoryPath + ".new-key");

        Assert.True(KeyRotation.FinishExchange(location));

        Assert.Equal(old.Config.Id, (await _fixture.OpenAsync()).Config.Id);
    }

    [Fact]
    public async Task Records_of_copies_come_along_so_that_what_was_removed_stays_removed()
    {
        using RepositoryFixture elsewhere = new();
        Repository source = await elsewhere.CreateAsync();
        elsewhere.Write("a.txt", "a");
        await elsewhere.BackUpAsync(source);
        Repository copy = await _fixture.CreateAsync();
        await new CopyRunner(source, copy, TimeProvider.System, _fixture.Observer).RunAsync(new CopyOptions(), default);
        Snapshot copied = Assert.Single(await copy.Snapshots.ListAllAsync(default));
        await copy.Files.RemoveAsync(FileKind.Snapshot, copied.Id, default);

        await RunAsync(await _fixture.OpenAsync());

        CopyResult again = await new CopyRunner(
            source, await _fixture.OpenAsync(), TimeProvider.System, _fixture.Observer).RunAsync(new CopyOptions(), default);
        Assert.Equal(1, again.Plan.Count(CopyFate.RemovedThere));
        Assert.Empty(again.Copied);
    }

    private async Task<bool> InterruptAndGoOnAsync(int calls)
    {
        Repository old = await MakeAsync();
        if (!await InterruptAsync(old, calls))
        {
            return false;
        }

        Assert.Equal(old.Config.Id, (await _fixture.OpenAsync()).Config.Id);
        RotationResult result = await RunAsync(await _fixture.OpenAsync());

        Assert.Equal(2, result.Backups);
        Repository successor = await _fixture.OpenAsync();
        Assert.Equal(result.RepositoryId, successor.Config.Id);
        await RepositoryState.AssertSoundAsync(successor, $"after an interruption at call {calls}");
        return true;
    }

    private async Task<bool> InterruptAndAbandonAsync(int calls)
    {
        Repository old = await MakeAsync();
        if (!await InterruptAsync(old, calls))
        {
            return false;
        }

        await Rotation(await _fixture.OpenAsync()).AbandonAsync(default);

        Assert.False(Directory.Exists(_fixture.RepositoryPath + ".new-key"));
        Repository same = await _fixture.OpenAsync();
        Assert.Equal(old.Config.Id, same.Config.Id);
        await RepositoryState.AssertSoundAsync(same, $"after an interruption at call {calls}");
        Assert.False(await Rotation(same).AbandonAsync(default));
        return true;
    }

    private async Task<bool> InterruptAsync(Repository old, int calls)
    {
        FaultyStore? faulty = null;
        KeyRotation rotation = Rotation(old, location =>
        {
            faulty ??= new FaultyStore(new LocalObjectStore(location.Text)).OnAny().After(calls).Throw();
            return location.Text.EndsWith(".new-key", StringComparison.Ordinal)
                ? faulty : new LocalObjectStore(location.Text);
        });
        try
        {
            await rotation.RunAsync(RepositoryFixture.PasswordBytes, TimeSpan.Zero, default);
            return false;
        }
        catch (BackupException)
        {
            return true;
        }
    }

    private Task<RotationResult> RunAsync(Repository old) =>
        Rotation(old).RunAsync(RepositoryFixture.PasswordBytes, TimeSpan.Zero, CancellationToken.None);

    private KeyRotation Rotation(Repository old, Func<StoreLocation, IObjectStore>? open = null) => new(
        old,
        StoreLocation.Parse(_fixture.RepositoryPath, "/"),
        location => Task.FromResult(open?.Invoke(location) ?? new LocalObjectStore(location.Text)),
        TimeProvider.System,
        _fixture.Observer);

    private async Task<Repository> MakeAsync()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("a/one.bin", TestData.Generate("one", 300_000));
        await _fixture.BackUpAsync(repository);
        _fixture.Write("b/two.txt", "two");
        await _fixture.BackUpAsync(repository, new BackupOptions { Paths = [_fixture.SourcePath], Tags = ["kept"] });
        return repository;
    }
}
