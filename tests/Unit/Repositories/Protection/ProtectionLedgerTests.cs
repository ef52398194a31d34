using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Repositories.Protection;

public sealed class ProtectionLedgerTests : IDisposable
{
    private const string Folder = "backupmodule/protection/";

    private static readonly DateTimeOffset s_day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RepositoryFixture _fixture = new();
    private readonly MemoryObjectStore _store = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Many_records_are_merged_and_nothing_is_forgotten()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        ObjectId[] files = [.. Enumerable.Range(0, 40).Select(static _ => ObjectId.Random())];
        for (int i = 0; i < files.Length; i++)
        {
            await AppendAsync(repository, Locked(files[i], s_day.AddDays(i)) with { Hidden = [$"index/{i}"] });
        }

        ProtectionLedger ledger = await LoadAsync(repository);

        Assert.Equal(
            Enumerable.Range(0, files.Length).Select(static i => (DateTimeOffset?)s_day.AddDays(i)),
            files.Select(ledger.LockedUntil));
        Assert.Equal(files.Length, ledger.Hidden.Count);
        Assert.InRange(await CountAsync(), 1, 17);
    }

    [Fact]
    public async Task The_latest_end_of_a_lock_counts_whatever_the_order()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        ObjectId file = ObjectId.Random();
        await AppendAsync(repository, Locked(file, s_day.AddDays(2)));
        await AppendAsync(repository, Locked(file, s_day.AddDays(1)));

        Assert.Equal(s_day.AddDays(2), (await LoadAsync(repository)).LockedUntil(file));
    }

    [Fact]
    public async Task What_no_longer_matters_is_forgotten()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        ObjectId ended = ObjectId.Random();
        ObjectId locked = ObjectId.Random();
        await AppendAsync(repository, Locked(ended, s_day) with { Hidden = ["index/gone", "index/hidden"] });
        await AppendAsync(repository, Locked(locked, s_day.AddDays(2)) with
        {
            ProtectedUntil = new Dictionary<ObjectId, DateTimeOffset> { [ended] = s_day, [locked] = s_day.AddDays(2) },
        });

        await (await LoadAsync(repository)).TidyAsync([locked], ["index/hidden"], s_day.AddDays(1), CancellationToken.None);

        ProtectionLedger ledger = await LoadAsync(repository);
        Assert.Equal((null, s_day.AddDays(2)), (ledger.LockedUntil(ended), ledger.LockedUntil(locked)));
        Assert.Equal((null, s_day.AddDays(2)), (ledger.ProtectedUntil(ended), ledger.ProtectedUntil(locked)));
        Assert.Equal(["index/hidden"], ledger.Hidden);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_record_that_was_not_sealed_with_the_repositorys_key_is_passed_over()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        ObjectId file = ObjectId.Random();
        await AppendAsync(repository, Locked(file, s_day));
        byte[] foreign = TestData.Generate("foreign", 200);
        await _store.PutAsync(Folder + ObjectId.Hash(foreign), foreign, CancellationToken.None);
        await _store.PutAsync(Folder + "notes.txt", foreign, CancellationToken.None);

        Assert.Equal(s_day, (await LoadAsync(repository)).LockedUntil(file));
    }

    private static ProtectionRecord Locked(ObjectId file, DateTimeOffset until) =>
        new() { LockedUntil = new Dictionary<ObjectId, DateTimeOffset> { [file] = until } };

    private static async Task AppendAsync(Repository repository, ProtectionRecord record) =>
        await (await LoadAsync(repository)).AppendAsync(record, CancellationToken.None);

    private static Task<ProtectionLedger> LoadAsync(Repository repository) =>
        ProtectionLedger.LoadAsync(repository, SilentObserver.Instance, CancellationToken.None);

    private async Task<int> CountAsync() =>
        await _store.ListAsync(Folder, CancellationToken.None).CountAsync();
}
