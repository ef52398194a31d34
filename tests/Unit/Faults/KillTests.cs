using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>Processes that are killed at any moment leave a repository that stock restic finds in order, with every backup
/// that they were told is made; and the next run needs nobody's help.</summary>
public sealed class KillTests : IDisposable
{
    private const int LongestMilliseconds = 1200;
    private const int MostAttempts = 5;

    // More for the figures in docs/reliability.md.
    private static readonly int s_kills =
        int.Parse(Environment.GetEnvironmentVariable("BACKUPMODULE_TEST_KILLS") ?? "3", CultureInfo.InvariantCulture);

    private readonly RepositoryFixture _fixture = new();
    private readonly TemporaryFolder _scratch = new();

    public KillTests() => Restic.Require();

    public void Dispose()
    {
        _fixture.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(1, "backup")]
    [InlineData(2, "backup", "backup")]
    [InlineData(3, "prune")]
    [InlineData(4, "prune", "backup")]
    [InlineData(5, "repair")]
    [InlineData(6, "restore")]
    [InlineData(7, "password")]
    public async Task Killed_at_random_they_leave_all_in_order_and_the_next_run_helps_itself(
        int seed, params string[] works)
    {
        Random random = new(seed);
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("first.bin", TestData.Generate("first", 1_500_000));
        Snapshot first = (await _fixture.BackUpAsync(repository)).Snapshot;
        string content = await RepositoryState.ContentAsync(repository, first);
        WorkOrder[] orders = [.. works.Select((work, slot) => new WorkOrder(
            work, slot, _fixture.RepositoryPath, _fixture.SourcePath, _scratch.Path))];

        long started = Stopwatch.GetTimestamp();
        int locksLeft = 0;
        int kills = 0;
        WorkingProcess[] next = [.. orders.Select(order => new WorkingProcess(order))];
        try
        {
            // On a slow machine the first kills may come before any work is under way.
            for (; kills < s_kills || (locksLeft == 0 && kills < MostAttempts * s_kills); kills++)
            {
                await KillAsync(next, random);

                // They start up while what they left is judged.
                next = [.. orders.Select(order => new WorkingProcess(order))];
                await _fixture.Restic.RunAsync("check", "--read-data", "--no-lock");
                Repository after = await _fixture.OpenAsync();
                Assert.Equal(content, await RepositoryState.ContentAsync(after, first));
                await AssertReportedAreThereAsync(after, orders);
                locksLeft += await AssertDeadLocksGoAsync(after);
                Assert.True((await _fixture.BackUpAsync(after)).IsComplete);
            }
        }
        finally
        {
            foreach (WorkingProcess process in next)
            {
                await process.DisposeAsync();
            }
        }

        Assert.True(locksLeft > 0, "No kill met the work under its lock.");
        await _fixture.Restic.CheckAllAsync();
        Repository end = await _fixture.OpenAsync();
        await _fixture.RestoreAsync(end, (await end.Snapshots.ListAllAsync(default))[^1]);
        FolderComparison.AssertEqual(_fixture.SourcePath, _fixture.RestorePath + _fixture.SourcePath);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {seed}, {string.Join(" beside ", works)}: {kills * works.Length} killed in "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, {locksLeft} under a lock");
    }

    private static bool IsAboutADeadLock(string warning) =>
        warning.Contains("does not exist", StringComparison.Ordinal);

    private static async Task KillAsync(WorkingProcess[] processes, Random random)
    {
        foreach (WorkingProcess process in processes)
        {
            await process.GoAsync();
        }

        foreach (WorkingProcess process in processes)
        {
            await Task.Delay(random.Next(LongestMilliseconds / processes.Length));
            await process.KillAsync();
            await process.DisposeAsync();
        }
    }

    private static async Task AssertReportedAreThereAsync(Repository repository, IEnumerable<WorkOrder> orders)
    {
        IReadOnlyList<Snapshot> snapshots = await repository.Snapshots.ListAllAsync(default);
        HashSet<string> stored = [.. snapshots.Select(snapshot => snapshot.Id.ToString())];
        foreach (WorkOrder order in orders.Where(order => File.Exists(order.ReportPath)))
        {
            // A line that the kill cut off says nothing.
            Assert.Empty((await File.ReadAllLinesAsync(order.ReportPath)).Where(id => id.Length == 64).Except(stored));
        }
    }

    private async Task<int> AssertDeadLocksGoAsync(Repository repository)
    {
        int left = (await new LockStore(repository, TimeProvider.System).ListAsync(default)).Count;
        int heard = _fixture.Observer.Warnings.Count;
        await new PruneRunner(repository, TimeProvider.System, _fixture.Observer).RunAsync(new PruneOptions(), default);
        Assert.Equal(left, _fixture.Observer.Warnings.Skip(heard).Count(IsAboutADeadLock));
        return left;
    }
}
