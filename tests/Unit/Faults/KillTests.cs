using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>A process that is killed at any moment leaves a repository that stock restic finds in order, and the next
/// run needs nobody's help.</summary>
public sealed class KillTests : IDisposable
{
    private const string RepositoryVariable = "BACKUPMODULE_TEST_REPOSITORY";
    private const string SourceVariable = "BACKUPMODULE_TEST_SOURCE";
    private const string WorkVariable = "BACKUPMODULE_TEST_WORK";
    private const string ReadyFile = "ready";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);

    private readonly RepositoryFixture _fixture = new();

    public KillTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("backup", 1)]
    [InlineData("prune", 2)]
    [InlineData("repair", 3)]
    [InlineData("password", 4)]
    public async Task Killed_at_random_it_leaves_all_in_order_and_the_next_run_helps_itself(string work, int seed)
    {
        const int Kills = 3;
        Random random = new(seed);
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("first.bin", TestData.Generate("first", 500_000));
        Snapshot first = (await _fixture.BackUpAsync(repository)).Snapshot;
        string content = await RepositoryState.ContentAsync(repository, first);

        int locksLeft = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await KillAsync(work, TimeSpan.FromMilliseconds(random.Next(600)));

            await _fixture.Restic.RunAsync("check", "--read-data", "--no-lock");
            Repository after = await _fixture.OpenAsync();
            Assert.Equal(content, await RepositoryState.ContentAsync(after, first));
            int left = (await new LockStore(after, TimeProvider.System).ListAsync(default)).Count;
            locksLeft += left;
            int heard = _fixture.Observer.Warnings.Count;
            await new PruneRunner(after, TimeProvider.System, _fixture.Observer).RunAsync(new PruneOptions(), default);
            Assert.Equal(left, _fixture.Observer.Warnings.Skip(heard).Count(IsAboutADeadLock));
            Assert.True((await _fixture.BackUpAsync(after)).IsComplete);
        }

        Assert.True(locksLeft > 0, "No kill met the work under its lock.");
        await _fixture.Restic.CheckAllAsync();
        Repository end = await _fixture.OpenAsync();
        await _fixture.RestoreAsync(end, (await end.Snapshots.ListAllAsync(default))[^1]);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
        Assert.DoesNotContain(await NamesInStoreAsync(), name => name.Contains("-tmp-", StringComparison.Ordinal));
    }

    /// <summary>What the killed process does, over and over; not a test of its own.</summary>
    [Fact(Explicit = true)]
    public async Task A_process_works_until_it_is_killed()
    {
        string source = Environment.GetEnvironmentVariable(SourceVariable)!;
        string work = Environment.GetEnvironmentVariable(WorkVariable)!;
        Repository repository = await Repository.OpenAsync(
            new LocalObjectStore(Environment.GetEnvironmentVariable(RepositoryVariable)!),
            RepositoryFixture.PasswordBytes,
            new RepositoryOptions { PackSize = 256 * 1024 },
            default);
        await File.WriteAllTextAsync(source + ReadyFile, string.Empty);
        while (work == "password")
        {
            await ChangePasswordAsync(repository);
        }

        for (int i = 0; ; i++)
        {
            byte[] data = TestData.Generate($"{Environment.ProcessId} {i}", 1_500_000);
            await File.WriteAllBytesAsync(Path.Combine(source, "changing.bin"), data);
            IReadOnlyList<ObjectId> indexFiles = await DamagedRepository.ListAsync(repository, FileKind.Index);
            Snapshot made = (await BackUpAsync(repository, source)).Snapshot;
            if (work == "prune")
            {
                await new SnapshotEditor(repository, TimeProvider.System, new RecordingObserver())
                    .RemoveAsync([made.Id], default, default);
                await new PruneRunner(repository, TimeProvider.System, new RecordingObserver())
                    .RunAsync(new PruneOptions { MaxUnusedPercent = 0 }, default);
            }
            else if (work == "repair")
            {
                await RepairAsync(repository, made, indexFiles);
            }
        }
    }

    private static bool IsAboutADeadLock(string warning) =>
        warning.Contains("does not exist", StringComparison.Ordinal);

    private static Task<BackupResult> BackUpAsync(Repository repository, string source) => new BackupRunner(
        repository,
        SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
        TimeProvider.System,
        new RecordingObserver()).RunAsync(new BackupOptions { Paths = [source] }, default);

    // To the same password, so that whichever key a kill leaves must open the repository.
    private static Task<ObjectId> ChangePasswordAsync(Repository repository) => RepositoryLock.RunAsync(
        repository,
        new LockOptions(IsExclusive: true, WaitFor: default),
        TimeProvider.System,
        new RecordingObserver(),
        token => new KeyRing(repository).ChangePasswordAsync(RepositoryFixture.PasswordBytes, TimeProvider.System, token),
        default);

    // The packs of a forgotten backup lose their index file, which harms no backup but gives a repair work to do.
    private static async Task RepairAsync(Repository repository, Snapshot made, IReadOnlyList<ObjectId> before)
    {
        await new SnapshotEditor(repository, TimeProvider.System, new RecordingObserver())
            .RemoveAsync([made.Id], default, default);
        foreach (ObjectId index in (await DamagedRepository.ListAsync(repository, FileKind.Index)).Except(before))
        {
            await repository.Files.RemoveAsync(FileKind.Index, index, default);
        }

        await new RepairRunner(repository, TimeProvider.System, new RecordingObserver())
            .RunAsync(new RepairOptions { ReadData = true }, default);
    }

    private async Task KillAsync(string work, TimeSpan after)
    {
        string ready = _fixture.SourcePath + ReadyFile;
        File.Delete(ready);
        string method = $"{typeof(KillTests).FullName}.{nameof(A_process_works_until_it_is_killed)}";
        ProcessStartInfo start = new(
            "dotnet", ["exec", typeof(KillTests).Assembly.Location, "-method", method, "-explicit", "only"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[RepositoryVariable] = _fixture.RepositoryPath;
        start.Environment[SourceVariable] = _fixture.SourcePath;
        start.Environment[WorkVariable] = work;

        // What the killed process cannot tidy up goes with the fixture.
        start.Environment["TMPDIR"] = Directory.CreateDirectory(_fixture.SourcePath + ".temporary").FullName;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        try
        {
            using System.Threading.CancellationTokenSource limit = new(s_startLimit);
            while (!File.Exists(ready))
            {
                Assert.False(process.HasExited, "The process ended on its own.");
                await Task.Delay(20, limit.Token);
            }

            await Task.Delay(after, limit.Token);
            Assert.False(process.HasExited, "The process ended on its own.");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            await output;
        }
    }

    private async Task<List<string>> NamesInStoreAsync()
    {
        List<string> names = [];
        await foreach (Core.Storage.StoredObject item in new LocalObjectStore(_fixture.RepositoryPath)
            .ListAsync(string.Empty, default))
        {
            names.Add(item.Name);
        }

        return names;
    }
}
