using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Retention;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Retention;

public sealed class RetentionMeasurerTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly MemoryObjectStore _store = new();
    private Repository? _repository;

    private Repository Repository => _repository!;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Files_of_which_no_backup_is_left_are_listed_with_the_last_that_has_them()
    {
        _repository = await _fixture.CreateAsync(_store);
        HandMadeBackup made = new(Repository);
        TreeNode Old(string text) => made.File("old.txt", Bytes(text));
        Snapshot first = await SaveAsync(made, 1, "web1", made.Directory("srv", Old("first"), made.File("gone early", Bytes("x"))));
        Snapshot second = await SaveAsync(
            made, 2, "web1", made.Directory("srv", Old("second, longer"), made.Directory("sub", made.File("deep", Bytes("deep")))), HandMadeBackup.Link("link", "srv"));
        Snapshot third = await SaveAsync(
            made, 3, "web1", made.Directory("srv", made.File("new.txt", Bytes("new")), made.File("moved", Bytes("deep"))), made.Directory("both"));
        Snapshot other = await SaveAsync(made, 3, "web2", made.Directory("srv", Old("first")));

        RetentionPlan plan = await PlanAsync(new RetentionRules { KeepLast = 1 });
        List<LostFile> lost = await Measurer().FindLostAsync(plan, default).ToListAsync();
        RetentionImpact impact = await Measurer().MeasureAsync(plan, default);

        Assert.Equal(new[] { third.Id, other.Id }.Order(), plan.Kept.Select(static decision => decision.Snapshot.Id).Order());
        Assert.Equal(
            [
                ("/link", second.Id, 0ul, false),
                ("/srv/gone early", first.Id, 1ul, false),
                ("/srv/old.txt", second.Id, 14ul, false),
                ("/srv/sub/deep", second.Id, 4ul, true),
            ],
            lost.Select(static file => (file.Path, file.LastSnapshot.Id, file.Node.Size, file.IsContentKept)));
        Assert.Equal((4, 19), (impact.LostFiles, impact.LostBytes));
    }

    [Fact]
    public async Task A_file_whose_name_a_directory_has_taken_is_lost()
    {
        _repository = await _fixture.CreateAsync(_store);
        HandMadeBackup made = new(Repository);
        await SaveAsync(made, 1, "web1", made.File("data", Bytes("x")), made.Directory("logs", made.File("a", Bytes("a"))));
        await SaveAsync(made, 2, "web1", made.Directory("data", made.File("x", Bytes("x"))), made.File("logs", Bytes("a")));

        RetentionPlan plan = await PlanAsync(new RetentionRules { KeepLast = 1 });

        Assert.Equal(
            ["/data", "/logs/a"],
            await Measurer().FindLostAsync(plan, default).Select(static file => file.Path).ToListAsync());
    }

    [Fact]
    public async Task A_plan_that_removes_nothing_frees_and_loses_nothing()
    {
        _repository = await _fixture.CreateAsync(_store);
        HandMadeBackup made = new(Repository);
        await SaveAsync(made, 1, "web1", made.File("a", TestData.Generate("a", 50_000)));

        RetentionImpact impact = await Measurer().MeasureAsync(await PlanAsync(new RetentionRules { KeepAll = true }), default);

        Assert.Equal((0, 0), (impact.UniqueBytes, impact.LostFiles));
    }

    [Fact]
    public async Task What_would_be_freed_is_what_a_prune_frees()
    {
        _repository = await _fixture.CreateAsync(_store);
        for (int i = 1; i <= 5; i++)
        {
            HandMadeBackup made = new(Repository);
            await SaveAsync(
                made,
                i,
                "web1",
                [.. Enumerable.Range(i, 3).Select(number => made.File($"{number}.bin", TestData.Generate($"{number}", 200_000)))]);
        }

        RetentionPlan plan = await PlanAsync(new RetentionRules { KeepLast = 2 });
        RetentionImpact impact = await Measurer().MeasureAsync(plan, default);
        long before = await PackBytesAsync();
        RetentionResult result = await new RetentionRunner(Repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(plan, new RetentionRunOptions { Prune = new PruneOptions() }, default);
        long freed = before - await PackBytesAsync();

        // Three files of 200,000 random bytes are in none of the last two.
        Assert.InRange(impact.UniqueBytes, 600_000, 610_000);
        Assert.Equal(result.Prune!.Plan.BytesToFree, impact.BytesToFree);
        Assert.InRange(freed, impact.BytesToFree - 3000, impact.BytesToFree + 3000);
        Assert.Equal((0, null), (impact.LockedBytes, impact.FreeAfter));
    }

    // Against a walk of every backup by itself.
    [Fact]
    public async Task Random_histories_lose_what_the_lists_of_their_files_say()
    {
        Random random = new(7);
        _repository = await _fixture.CreateAsync(_store);
        for (int day = 1; day <= 12; day++)
        {
            HandMadeBackup made = new(Repository);
            await SaveAsync(made, day, $"web{random.Next(2)}", RandomEntries(made, random, depth: 3));
        }

        foreach (int keep in (int[])[1, 2, 4])
        {
            RetentionPlan plan = await PlanAsync(new RetentionRules { KeepLast = keep });
            List<string> expected = [];
            foreach (IGrouping<string?, RetentionDecision> host in plan.Decisions.GroupBy(static decision => decision.Snapshot.HostName))
            {
                HashSet<string> kept = await FilesOfAsync(host.Where(static decision => decision.IsKept));
                HashSet<string> removed = await FilesOfAsync(host.Where(static decision => !decision.IsKept));
                expected.AddRange(removed.Except(kept).Select(path => $"{host.Key}:{path}"));
            }

            List<LostFile> lost = await Measurer().FindLostAsync(plan, default).ToListAsync();

            Assert.NotEmpty(expected);
            Assert.Equal(
                expected.Order(StringComparer.Ordinal),
                lost.Select(static file => $"{file.LastSnapshot.HostName}:{file.Path}").Order(StringComparer.Ordinal));
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static TreeNode[] RandomEntries(HandMadeBackup made, Random random, int depth) =>
    [
        .. Enumerable.Range(0, 5).Where(_ => random.Next(3) > 0).Select(i => depth > 0 && random.Next(2) == 0
            ? made.Directory($"n{i}", RandomEntries(made, random, depth - 1))
            : made.File($"n{i}", Bytes($"{random.Next(3)}"))),
    ];

    private async Task<HashSet<string>> FilesOfAsync(IEnumerable<RetentionDecision> decisions)
    {
        HashSet<string> paths = [];
        foreach (RetentionDecision decision in decisions)
        {
            paths.UnionWith(await new TreeWalker(Repository.Trees)
                .WalkAsync(decision.Snapshot.Tree, string.Empty, static _ => true, static (_, failure) => throw failure, default)
                .Where(static item => item.Node.Type != NodeType.Directory)
                .Select(static item => item.Path)
                .ToListAsync());
        }

        return paths;
    }

    private async Task<Snapshot> SaveAsync(HandMadeBackup made, int day, string host, params TreeNode[] entries)
    {
        Snapshot template = await made.SaveAsync([.. entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal)]);
        await Repository.Snapshots.RemoveAsync(template.Id, CancellationToken.None);
        return await Repository.Snapshots.SaveAsync(
            template with
            {
                Time = FileTimestamp.FromDateTimeOffset(new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero)),
                HostName = host,
            },
            CancellationToken.None);
    }

    private Task<RetentionPlan> PlanAsync(RetentionRules rules) =>
        new RetentionRunner(Repository, TimeProvider.System, _fixture.Observer)
            .PlanAsync(rules, new RetentionOptions { MaxRemovedShare = 1 }, CancellationToken.None);

    private RetentionMeasurer Measurer() => new(Repository, TimeProvider.System, _fixture.Observer);

    private async Task<long> PackBytesAsync() =>
        (await _store.ListAsync("data/", CancellationToken.None).ToListAsync()).Sum(static item => item.Size);
}
