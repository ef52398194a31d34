using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;
using BackupModule.Core.Verification;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>
/// Runs one operation again and again, each time with another of its store calls going wrong, in each way in which such a
/// call can; and proves after each that nothing stored is lost, and that the next run does the job.
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

    /// <summary>Makes everything outside the repository as it was before the operation.</summary>
    public Action Reset { get; init; } = static () => { };

    /// <summary>What must be true when the job is done.</summary>
    public Func<Repository, string, Task> AssertDone { get; init; } = (_, _) => Task.CompletedTask;

    public async Task RunAsync()
    {
        FaultyStore counting = new(await RepositoryState.CopyAsync(_start));
        Repository whole = await RepositoryState.OpenAsync(counting);
        int opening = counting.Calls.Count;
        Reset();
        await _operation(whole, new RecordingObserver());
        int calls = counting.Calls.Count - opening;
        Assert.InRange(calls, 3, 250);

        int round = 0;
        for (int n = 0; n < calls; n++)
        {
            string call = counting.Calls[opening + n];
            foreach (FaultKind fault in WaysToFail(call, n))
            {
                await FailAsync(n, fault, $"call {n} of {calls} ({call}), {fault}", judges: round++ % JudgeEvery == 0);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{calls} store calls, {round} faults");
    }

    // A call that only looks has no effect to fail after, and to lose the connection there is to lose it after the last
    // change.
    private List<FaultKind> WaysToFail(string call, int number)
    {
        List<FaultKind> ways = [FaultKind.ErrorBefore];
        ways.AddRange(Enum.Parse<StoreCall>(call.Split(' ')[0]) switch
        {
            StoreCall.Put => [FaultKind.ErrorAfter, FaultKind.LostConnection, FaultKind.ShortWrite],
            StoreCall.Delete => [FaultKind.ErrorAfter, FaultKind.LostConnection],
            StoreCall.Read or StoreCall.GetSize => [FaultKind.Disappear],
            _ => [],
        });
        if (number == 0)
        {
            ways.AddRange([FaultKind.LostConnection, FaultKind.Slow]);
        }

        return TriesAll ? ways : [ways[number % ways.Count]];
    }

    private async Task FailAsync(int call, FaultKind fault, string context, bool judges)
    {
        Reset();
        MemoryObjectStore objects = await RepositoryState.CopyAsync(_start);
        FaultyStore store = new(objects);
        Repository repository = await RepositoryState.OpenAsync(store);
        _ = fault == FaultKind.Slow
            ? store.OnAny().Randomly(new Random(call), 0.5).Goes(fault)
            : store.OnAny().After(call).Goes(fault);
        RecordingObserver observer = new();

        Exception? failure = await Record.ExceptionAsync(() => _operation(repository, observer));

        Assert.True(failure is null or BackupException, $"{context}: {failure}");
        Assert.True(store.Faults > 0 || failure is null, $"{context}: {failure}");
        bool isHeardOf = failure is not null || !observer.Warnings.IsEmpty || !observer.Failures.IsEmpty;
        store.Heal();
        Repository after = await OpenAnyAsync(objects, context);
        await RepositoryState.UnlockAsync(after);
        if (!isHeardOf && fault is not FaultKind.Disappear)
        {
            // It was tried again, and the job is done.
            await AssertDone(after, context);
        }

        if (fault == FaultKind.ShortWrite)
        {
            await MendAsync(after, context);
        }

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
        Repository next = fault == FaultKind.LostConnection ? await OpenAnyAsync(objects, context) : repository;
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

    // A store whose puts are not atomic breaks the contract and may leave half a file, as a bad disk does: the check
    // must name it, and the repair must get rid of it.
    private async Task MendAsync(Repository repository, string context)
    {
        CheckResult found = await RepositoryState.CheckAsync(repository);
        foreach (CheckFinding key in found.Findings.Where(finding => finding.Kind == BackupErrorKind.KeyDamaged))
        {
            await new KeyRing(repository).RemoveAsync(ObjectId.Parse(key.Subject), default);
        }

        if (!found.Passed && StartsSound)
        {
            Assert.True(
                found.Findings.All(finding => !finding.IsError || ObjectId.TryParse(finding.Subject, out _)), context);
            await new RepairRunner(repository, new TestTime(), new RecordingObserver())
                .RunAsync(new RepairOptions { ReadData = true }, default);
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
