using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Retention;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Faults;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Retention;

public sealed class RetentionRunnerTests : IDisposable
{
    private static readonly RetentionRules s_lastTwo = new() { KeepLast = 2 };

    private readonly RepositoryFixture _fixture = new();
    private readonly MemoryObjectStore _store = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Exactly_what_the_plan_removes_is_removed_and_what_is_new_stays()
    {
        Repository repository = await CreateAsync();
        Snapshot[] made = await SaveDailyAsync(repository, 6, "policy:shop");
        RetentionPlan plan = await PlanAsync(repository, s_lastTwo);
        Snapshot later = (await SaveDailyAsync(repository, 1, "policy:shop", "later"))[0];

        RetentionResult result = await RunAsync(repository, plan, new RetentionRunOptions { IgnoreObjections = true });

        Assert.Equal(made[..4].Select(IdOf), result.Removed.Select(IdOf));
        Assert.Equal((0, null), (result.Failed, result.Prune));
        Assert.Equal(
            new[] { made[4].Id, made[5].Id, later.Id }.Order(), (await ListAsync(repository)).Select(IdOf).Order());
        Assert.Equal(made[..4].Select(IdOf), plan.Removed.Select(static decision => decision.Snapshot.Id));
    }

    [Fact]
    public async Task A_plan_with_objections_is_not_carried_out_unasked()
    {
        Repository repository = await CreateAsync();
        await SaveDailyAsync(repository, 9);
        RetentionPlan plan = await PlanAsync(repository, s_lastTwo);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => RunAsync(repository, plan, new RetentionRunOptions()));

        Assert.Equal(BackupErrorKind.RetentionUnusual, failure.Kind);
        Assert.EndsWith("Nothing was removed.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(9, (await ListAsync(repository)).Count);
    }

    [Fact]
    public async Task A_plan_of_another_repository_is_refused()
    {
        Repository repository = await CreateAsync();
        await SaveDailyAsync(repository, 4);
        RetentionPlan plan = await PlanAsync(repository, s_lastTwo) with { RepositoryId = ObjectId.Random() };

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => RunAsync(repository, plan, new RetentionRunOptions()));

        Assert.Equal(BackupErrorKind.PlanOutdated, failure.Kind);
    }

    [Fact]
    public async Task A_backup_that_was_tagged_or_held_since_stays()
    {
        Repository repository = await CreateAsync();
        Snapshot[] made = await SaveDailyAsync(repository, 5);
        RetentionPlan plan = await PlanAsync(repository, s_lastTwo);
        SnapshotEditor editor = new(repository, TimeProvider.System, _fixture.Observer);
        Snapshot held = await editor.HoldAsync(made[1], DateTimeOffset.MaxValue, TimeSpan.Zero, default);
        Snapshot tagged = await editor.SetTagsAsync(made[4], ["gold"], TimeSpan.Zero, default);
        await repository.Snapshots.RemoveAsync(made[2].Id, default);

        RetentionResult result = await RunAsync(repository, plan, new RetentionRunOptions { IgnoreObjections = true });

        Assert.Equal([made[0].Id], result.Removed.Select(IdOf));
        Assert.Equal(1, result.Failed);
        Assert.Equal([BackupErrorKind.PlanOutdated], _fixture.FailureKinds);
        Assert.Equal(
            new[] { held.Id, made[3].Id, tagged.Id }.Order(), (await ListAsync(repository)).Select(IdOf).Order());
    }

    [Fact]
    public async Task Where_a_backup_that_should_stay_is_gone_its_group_is_left_as_it_is()
    {
        Repository repository = await CreateAsync();
        Snapshot[] shop = await SaveDailyAsync(repository, 4, "policy:shop");
        Snapshot[] blog = await SaveDailyAsync(repository, 4, "policy:blog");
        RetentionPlan plan = await PlanAsync(repository, s_lastTwo);
        await repository.Snapshots.RemoveAsync(shop[3].Id, default);

        RetentionResult result = await RunAsync(repository, plan, new RetentionRunOptions());

        Assert.Equal(blog[..2].Select(IdOf), result.Removed.Select(IdOf));
        Assert.Equal(2, result.Failed);
        Assert.All(_fixture.Observer.Failures, failure => Assert.Contains(
            $"the plan keeps the backup {shop[3].Id.ShortText} of policy shop instead, which is gone", failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_removed_is_reported_and_the_rest_goes()
    {
        FaultyStore store = new(_store);
        Repository repository = await CreateAsync();
        Snapshot[] made = await SaveDailyAsync(repository, 5);
        RetentionPlan plan = await PlanAsync(repository, s_lastTwo);
        store.On(StoreCall.Delete, $"snapshots/{made[1].Id}").Throw();

        RetentionResult result = await RunAsync(
            await RepositoryState.OpenAsync(store), plan, new RetentionRunOptions { IgnoreObjections = true });

        Assert.Equal([made[0].Id, made[2].Id], result.Removed.Select(IdOf));
        Assert.Equal(1, result.Failed);
        Assert.Single(_fixture.Observer.Failures);
        Assert.Equal(
            new[] { made[1].Id, made[3].Id, made[4].Id }.Order(), (await ListAsync(repository)).Select(IdOf).Order());
    }

    [Fact]
    public async Task A_prune_frees_the_space_of_what_was_removed()
    {
        Repository repository = await CreateAsync();
        await SaveDailyAsync(repository, 3);
        RetentionPlan plan = await PlanAsync(repository, new RetentionRules { KeepLast = 1 });

        RetentionResult result = await RunAsync(
            repository, plan, new RetentionRunOptions { Prune = new PruneOptions { MaxUnusedPercent = 0 } });

        Assert.True(result.Prune!.Plan.BlobsToRemove >= 4);
        await RepositoryState.AssertSoundAsync(await RepositoryState.OpenAsync(_store), "pruned");
    }

    [Fact]
    public async Task A_damaged_backup_is_reported_and_stays()
    {
        Repository repository = await CreateAsync();
        Snapshot[] made = await SaveDailyAsync(repository, 4);
        await _store.PutAsync($"snapshots/{made[0].Id}", new byte[100], default);
        Repository reopened = await RepositoryState.OpenAsync(_store);

        RetentionPlan plan = await PlanAsync(reopened, s_lastTwo);
        RetentionResult result = await RunAsync(reopened, plan, new RetentionRunOptions());

        Assert.Equal([made[1].Id], result.Removed.Select(IdOf));
        Assert.Contains(BackupErrorKind.BackupDamaged, _fixture.FailureKinds);
        Assert.Equal(100, await _store.GetSizeAsync($"snapshots/{made[0].Id}", default));
    }

    [Fact]
    public async Task Nothing_is_removed_while_somebody_else_uses_the_repository()
    {
        Repository repository = await CreateAsync();
        await SaveDailyAsync(repository, 4);
        RetentionPlan plan = await PlanAsync(repository, s_lastTwo);
        await using Core.Repositories.Locks.RepositoryLock held = await Core.Repositories.Locks.RepositoryLock.AcquireAsync(
            repository, new(IsExclusive: false, TimeSpan.Zero), TimeProvider.System, _fixture.Observer, default);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => RunAsync(repository, plan, new RetentionRunOptions()));

        Assert.Equal(BackupErrorKind.RepositoryLocked, failure.Kind);
        Assert.Equal(4, (await ListAsync(repository)).Count);
    }

    private static ObjectId IdOf(Snapshot snapshot) => snapshot.Id;

    private Task<Repository> CreateAsync() => _fixture.CreateAsync(_store);

    private static Task<IReadOnlyList<Snapshot>> ListAsync(Repository repository) =>
        repository.Snapshots.ListAllAsync(default);

    // One a day until yesterday, each with a file of its own.
    private static async Task<Snapshot[]> SaveDailyAsync(Repository repository, int count, params string[] tags)
    {
        List<Snapshot> made = [];
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        for (int i = 0; i < count; i++)
        {
            HandMadeBackup backup = new(repository);
            Snapshot template = await backup.SaveAsync(
                backup.File("a.bin", TestData.Generate($"{i} {string.Join(',', tags)}", 50_000)));
            await repository.Snapshots.RemoveAsync(template.Id, CancellationToken.None);
            made.Add(await repository.Snapshots.SaveAsync(
                template with
                {
                    Time = FileTimestamp.FromDateTimeOffset(now.AddDays(i - count).AddMinutes(-tags.Length)),
                    Tags = tags.Length > 0 ? tags : null,
                },
                CancellationToken.None));
        }

        return [.. made];
    }

    private Task<RetentionPlan> PlanAsync(Repository repository, RetentionRules rules) =>
        new RetentionRunner(repository, TimeProvider.System, _fixture.Observer)
            .PlanAsync(rules, new RetentionOptions(), CancellationToken.None);

    private Task<RetentionResult> RunAsync(Repository repository, RetentionPlan plan, RetentionRunOptions options) =>
        new RetentionRunner(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(plan, options, CancellationToken.None);
}
