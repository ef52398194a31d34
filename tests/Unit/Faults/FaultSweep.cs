using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>
/// Runs one operation again and again, each time failing at another of its store calls, before or after the call's
/// effect, once or for good; and proves after each that nothing stored is lost, and that the next run does the job.
/// </summary>
internal sealed class FaultSweep
{
    // Copying to disk and asking restic takes a second; a prime step meets every kind of call over the sweeps.
    private const int JudgeEvery = 29;

    private readonly MemoryObjectStore _start;
    private readonly Func<Repository, RecordingObserver, Task> _operation;

    /// <param name="start">The repository before the operation.</param>
    /// <param name="operation">The operation, safe to run again.</param>
    public FaultSweep(MemoryObjectStore start, Func<Repository, RecordingObserver, Task> operation)
    {
        _start = start;
        _operation = operation;
    }

    /// <summary>The backups that must be readable whatever happens, by persistent id, with their content.</summary>
    public required IReadOnlyDictionary<ObjectId, string> Protected { get; init; }

    /// <summary>The password that opens the repository after the operation.</summary>
    public string PasswordAfter { get; init; } = RepositoryFixture.Password;

    /// <summary>False where the start is damaged, so that only the finished job makes it sound.</summary>
    public bool StartsSound { get; init; } = true;

    /// <summary>False to let each call fail in one way only, where trying is slow.</summary>
    public bool TriesAll { get; init; } = true;

    /// <summary>What must be true when the job is done.</summary>
    public Func<Repository, string, Task> AssertDone { get; init; } = (_, _) => Task.CompletedTask;

    public async Task RunAsync()
    {
        FaultyStore counting = new(await RepositoryState.CopyAsync(_start));
        Repository whole = await RepositoryState.OpenAsync(counting);
        int opening = counting.Calls.Count;
        await _operation(whole, new RecordingObserver());
        int calls = counting.Calls.Count - opening;
        Assert.InRange(calls, 4, 200);

        int round = 0;
        for (int n = 0; n < calls; n++)
        {
            string call = counting.Calls[opening + n];
            foreach ((bool isAfter, bool kills) in WaysToFail(call, n))
            {
                string context = $"call {n} of {calls} ({call}), {(isAfter ? "after" : "before")} the effect, "
                    + (kills ? "for good" : "once");
                await FailAsync(n, isAfter, kills, context, judges: round++ % JudgeEvery == 0);
            }
        }
    }

    // A call that only looks has no effect to fail after, and to be killed there is to be killed after the last change.
    private List<(bool IsAfter, bool Kills)> WaysToFail(string call, int number)
    {
        bool changes = call.StartsWith(nameof(StoreCall.Put), StringComparison.Ordinal)
            || call.StartsWith(nameof(StoreCall.Delete), StringComparison.Ordinal);
        List<(bool IsAfter, bool Kills)> ways = [(false, false)];
        if (changes)
        {
            ways.AddRange([(true, false), (true, true)]);
        }

        if (number == 0)
        {
            ways.Add((false, true));
        }

        return TriesAll ? ways : [ways[number % ways.Count]];
    }

    private async Task FailAsync(
        int call, bool isAfter, bool kills, string context, bool judges)
    {
        MemoryObjectStore objects = await RepositoryState.CopyAsync(_start);
        FaultyStore store = new(objects);
        Repository repository = await RepositoryState.OpenAsync(store);
        FaultRule rule = store.OnAny().After(call).AfterTheEffect(isAfter);
        _ = kills ? rule.Kill() : rule.Throw();
        RecordingObserver observer = new();

        Exception? failure = await Record.ExceptionAsync(() => _operation(repository, observer));

        Assert.True(failure is null or BackupException, $"{context}: {failure}");
        Assert.True(
            failure is not null || store.Faults == 0 || !observer.Warnings.IsEmpty || !observer.Failures.IsEmpty,
            $"{context}: nobody heard of the failure");
        store.Heal();
        Repository after = await OpenAnyAsync(objects, context);
        await RepositoryState.UnlockAsync(after);
        if (StartsSound)
        {
            await AssertKeptAsync(after, context);
            await RepositoryState.AssertSoundAsync(after, context);
            if (judges)
            {
                await RepositoryState.AssertSoundByResticAsync(objects, await PasswordOfAsync(objects));
            }
        }

        // A process that lives on uses the same open repository; a killed one's successor opens it anew.
        Repository next = kills ? await OpenAnyAsync(objects, context) : repository;
        await _operation(next, new RecordingObserver());

        Repository done = await RepositoryState.OpenAsync(objects, PasswordAfter);
        await RepositoryState.AssertSoundAsync(done, "after the next run, " + context);
        await AssertKeptAsync(done, "after the next run, " + context);
        await AssertDone(done, context);
        if (judges)
        {
            await RepositoryState.AssertSoundByResticAsync(objects, PasswordAfter);
        }
    }

    private async Task<Repository> OpenAnyAsync(MemoryObjectStore objects, string context)
    {
        string password = await PasswordOfAsync(objects);
        Exception? failure = await Record.ExceptionAsync(() => RepositoryState.OpenAsync(objects, password));
        Assert.True(failure is null, $"{context}: {failure}");
        return await RepositoryState.OpenAsync(objects, password);
    }

    private async Task<string> PasswordOfAsync(MemoryObjectStore objects)
    {
        await foreach (StoredObject key in _start.ListAsync("keys/", default))
        {
            if (await objects.GetSizeAsync(key.Key, default) is not null)
            {
                return RepositoryFixture.Password;
            }
        }

        return PasswordAfter;
    }

    private async Task AssertKeptAsync(Repository repository, string context)
    {
        IReadOnlyList<Snapshot> stored = await repository.Snapshots.ListAllAsync(default);
        foreach ((ObjectId id, string content) in Protected)
        {
            Snapshot? found = stored.FirstOrDefault(snapshot => snapshot.PersistentId == id);
            Assert.True(found is not null, $"{context}: the backup {id.ShortText} is gone");
            Exception? failure = await Record.ExceptionAsync(async () =>
                Assert.Equal(content, await RepositoryState.ContentAsync(repository, found)));
            Assert.True(failure is null, $"{context}: {failure}");
        }
    }
}
