using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Local;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>What runs in a <see cref="WorkingProcess"/>; no tests of their own.</summary>
public sealed class Worker
{
    public const string Method = $"BackupModule.Tests.Faults.{nameof(Worker)}.{nameof(It_works_until_it_is_killed)}";

    private const int FilesRewritten = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private WorkOrder _order = null!;
    private Repository _repository = null!;

    [Fact(Explicit = true)]
    public async Task It_works_until_it_is_killed()
    {
        _order = WorkOrder.Parse(Environment.GetEnvironmentVariable(WorkOrder.Variable)!);
        _repository = await Repository.OpenAsync(
            new LocalObjectStore(_order.Repository), RepositoryFixture.PasswordBytes, Options(_order.Work), default);
        await File.WriteAllTextAsync(_order.ReadyPath, string.Empty);
        while (!File.Exists(_order.GoPath))
        {
            await Task.Delay(5);
        }

        for (int round = 0; ; round++)
        {
            try
            {
                await WorkAsync(round);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.RepositoryLocked)
            {
                // The other one's turn.
            }
        }
    }

    private static RepositoryOptions Options(string work) => work == "large backup"
        ? ResumeTests.Options
        : new RepositoryOptions { PackSize = 256 * 1024 };

    private Task WorkAsync(int round) => _order.Work switch
    {
        "backup" => BackUpAndReportAsync(round),
        "large backup" => BackUpAsync(),
        "prune" => PruneAsync(round),
        "repair" => RepairAsync(round),
        "restore" => RestoreAsync(),
        _ => ChangePasswordAsync(),
    };

    private async Task BackUpAndReportAsync(int round)
    {
        Snapshot made = await RewriteAndBackUpAsync(round);
        await File.AppendAllLinesAsync(_order.ReportPath, [made.Id.ToString()]);
    }

    private async Task PruneAsync(int round)
    {
        await RemoveAsync(await RewriteAndBackUpAsync(round));
        await new PruneRunner(_repository, TimeProvider.System, new RecordingObserver())
            .RunAsync(new PruneOptions { MaxUnusedPercent = 0, LockWait = s_patience }, default);
    }

    // The packs of a forgotten backup lose their index file, which harms no backup but gives a repair work to do.
    private async Task RepairAsync(int round)
    {
        IReadOnlyList<ObjectId> before = await DamagedRepository.ListAsync(_repository, FileKind.Index);
        await RemoveAsync(await RewriteAndBackUpAsync(round));
        foreach (ObjectId index in (await DamagedRepository.ListAsync(_repository, FileKind.Index)).Except(before))
        {
            await _repository.Files.RemoveAsync(FileKind.Index, index, default);
        }

        await new RepairRunner(_repository, TimeProvider.System, new RecordingObserver())
            .RunAsync(new RepairOptions { ReadData = true, LockWait = s_patience }, default);
    }

    private async Task RestoreAsync()
    {
        if (Directory.Exists(_order.RestorePath))
        {
            Directory.Delete(_order.RestorePath, recursive: true);
        }

        Snapshot latest = (await _repository.Snapshots.ListAllAsync(default))[^1];
        await new RestoreRunner(_repository, TimeProvider.System, new RecordingObserver())
            .RunAsync(new RestoreOptions { Snapshot = latest, Destination = _order.RestorePath }, default);
    }

    // To the same password, so that whichever key a kill leaves must open the repository.
    private Task<ObjectId> ChangePasswordAsync() => RepositoryLock.RunAsync(
        _repository,
        new LockOptions(IsExclusive: true, s_patience),
        TimeProvider.System,
        new RecordingObserver(),
        token => new KeyRing(_repository).ChangePasswordAsync(RepositoryFixture.PasswordBytes, TimeProvider.System, token),
        default);

    private async Task<Snapshot> RewriteAndBackUpAsync(int round)
    {
        for (int i = 0; i < FilesRewritten; i++)
        {
            byte[] data = TestData.Generate($"{Environment.ProcessId} {round} {i}", 500_000);
            await File.WriteAllBytesAsync(Path.Combine(_order.Source, $"changing{_order.Slot}-{i}.bin"), data);
        }

        return await BackUpAsync();
    }

    private async Task<Snapshot> BackUpAsync()
    {
        BackupRunner runner = new(
            _repository,
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            TimeProvider.System,
            new RecordingObserver());
        BackupOptions options = new() { Paths = [_order.Source], LockWait = s_patience };
        return (await runner.RunAsync(options, default)).Snapshot;
    }

    private Task RemoveAsync(Snapshot snapshot) =>
        new SnapshotEditor(_repository, TimeProvider.System, new RecordingObserver())
            .RemoveAsync([snapshot.Id], s_patience, default);
}
