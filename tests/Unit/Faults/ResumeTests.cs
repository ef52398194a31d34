using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>A first backup that was killed half-way goes on where it was, less what no index file named yet.</summary>
public sealed class ResumeTests : IDisposable
{
    private const long MiB = 1024 * 1024;
    private const int Files = 16;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    // 2048 for the figures in docs/reliability.md, then with the sizes that everybody gets.
    private static readonly int s_megabytes =
        int.Parse(Environment.GetEnvironmentVariable("BACKUPMODULE_TEST_RESUME") ?? "64", CultureInfo.InvariantCulture);

    private readonly RepositoryFixture _fixture = new();
    private readonly TemporaryFolder _scratch = new();

    public ResumeTests() => Restic.Require();

    public static RepositoryOptions Options => s_megabytes >= 2048
        ? new RepositoryOptions()
        : new RepositoryOptions { PackSize = (int)MiB, IndexInterval = 4 * MiB };

    public void Dispose()
    {
        _fixture.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_first_backup_killed_at_half_stores_again_at_most_a_pack_and_what_no_index_named()
    {
        await _fixture.CreateAsync();
        Random random = new(1);
        byte[] content = new byte[s_megabytes * MiB / Files];
        for (int i = 0; i < Files; i++)
        {
            random.NextBytes(content);
            _fixture.Write($"file{i}.bin", content);
        }

        WorkOrder order = new("large backup", 0, _fixture.RepositoryPath, _fixture.SourcePath, _scratch.Path);
        await using (WorkingProcess process = new(order))
        {
            using CancellationTokenSource limit = new(s_limit);
            await process.GoAsync();
            while (StoredBytes() < s_megabytes * MiB / 2)
            {
                await process.PauseAsync(limit.Token);
            }

            await process.KillAsync();
        }

        long before = StoredBytes();
        await _fixture.Restic.RunAsync("check", "--no-lock");
        Repository repository = await Repository.OpenAsync(
            new LocalObjectStore(_fixture.RepositoryPath), RepositoryFixture.PasswordBytes, Options, default);

        BackupResult second = await _fixture.BackUpAsync(repository);

        long total = Files * (long)content.Length;
        long again = second.BytesStored - (total - before);

        // Packs may be lost that were under way, or stored while the index file was; trees and headers add a little.
        long interval = Math.Max(Options.IndexInterval, before / 4);
        long allowed = interval + (6 * Options.PackSize) + (total / 50);
        Assert.InRange(again, 0, allowed);
        Assert.Equal(Files, second.Snapshot.Summary!.TotalFilesProcessed);
        await new LockStore(repository, TimeProvider.System).RemoveAsync(all: true, default);
        await _fixture.Restic.CheckAllAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{s_megabytes} MiB, killed at {before / MiB} MiB: the second run stored {second.BytesStored / MiB} MiB, "
            + $"{again / MiB} MiB of them again");
    }

    private long StoredBytes() =>
        new DirectoryInfo(Path.Combine(_fixture.RepositoryPath, "data")).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => !file.Name.Contains("-tmp-", StringComparison.Ordinal))
            .Sum(static file => file.Length);
}
