using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;

namespace BackupModule.Tests.Storage;

/// <summary>A store whose calls go wrong by rule (<see cref="On"/>), or whose listings are late (<see cref="ListingLag"/>).
/// </summary>
internal sealed class FaultyStore(IObjectStore inner) : IObjectStore, IStoreFeatures
{
    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly List<FaultRule> _rules = [];
    private readonly ListingHistory _history = new();
    private FaultRule? _lostBy;

    public string Location => inner.Location;

    public IStoreUpkeep? Upkeep => inner.Upkeep();

    /// <summary>Every call so far, in order: <c>Put data/ab/…</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>How many calls went wrong.</summary>
    public int Faults { get; private set; }

    /// <summary>How many calls of this store a listing is late: it misses what was put meanwhile and shows what was
    /// deleted, as on a store that is eventually consistent.</summary>
    public int ListingLag { get; set; }

    /// <summary>A rule for one kind of call, on keys that start so.</summary>
    public FaultRule On(StoreCall call, string keyPrefix = "") => new(this, call, keyPrefix);

    /// <summary>A rule for every call.</summary>
    public FaultRule OnAny() => new(this, null, string.Empty);

    /// <summary>Nothing goes wrong any more, and listings are up to date.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _rules.Clear();
            _lostBy = null;
            ListingLag = 0;
        }
    }

    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) => RunAsync(
        StoreCall.Prepare,
        string.Empty,
        () => inner.PrepareAsync(folders, cancellationToken),
        cancellationToken);

    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => RunAsync(
        StoreCall.Put,
        key,
        () => ChangeAsync(key, () => inner.PutAsync(key, content, cancellationToken)),
        cancellationToken,
        shortWork: () => ChangeAsync(key, () => inner.PutAsync(key, content[..(content.Length / 2)], cancellationToken)));

    public async Task<bool> TryCreateAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        bool created = false;
        await RunAsync(
            StoreCall.Put,
            key,
            () => ChangeAsync(key, async () => created = await inner.TryCreateAsync(key, content, cancellationToken)),
            cancellationToken,
            shortWork: () => ChangeAsync(
                key, async () => await inner.TryCreateAsync(key, content[..(content.Length / 2)], cancellationToken)));
        return created;
    }

    public async Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken)
    {
        long? size = null;
        try
        {
            await RunAsync(
                StoreCall.GetSize,
                key,
                async () => size = await inner.GetSizeAsync(key, cancellationToken),
                cancellationToken);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
        {
            // To this question, that is an answer.
        }

        return size;
    }

    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        RunAsync(
            StoreCall.Read,
            key,
            () => inner.ReadAsync(key, offset, destination, cancellationToken),
            cancellationToken);

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyCollection<StoredObject> shown = [];
        await RunAsync(StoreCall.List, prefix, async () => shown = await ListLateAsync(prefix), cancellationToken);
        foreach (StoredObject item in shown)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => RunAsync(
        StoreCall.Delete,
        key,
        () => ChangeAsync(key, () => inner.DeleteAsync(key, cancellationToken)),
        cancellationToken);

    internal FaultyStore Add(FaultRule rule)
    {
        lock (_lock)
        {
            _rules.Add(rule);
        }

        return this;
    }

    private async Task RunAsync(
        StoreCall call,
        string key,
        Func<Task> work,
        CancellationToken cancellationToken,
        Func<Task>? shortWork = null)
    {
        FaultRule? rule = Enter(call, key);
        switch (rule?.Fault)
        {
            case null:
                await work();
                return;
            case FaultKind.Slow:
                await Task.Delay(s_slow, cancellationToken);
                await work();
                return;
            case FaultKind.ErrorBefore or FaultKind.Disappear:
                break;
            case FaultKind.ShortWrite:
                await (shortWork ?? work)();
                break;
            default:
                await work();
                break;
        }

        throw rule.ToFailure(call, key);
    }

    private FaultRule? Enter(StoreCall call, string key)
    {
        lock (_lock)
        {
            if (_lostBy is not null)
            {
                Faults++;
                throw new BackupException(BackupErrorKind.StorageFailure, $"{call} of '{key}': no connection.")
                {
                    IsTransient = _lostBy.IsTransient,
                };
            }

            Calls.Add($"{call} {key}");
            FaultRule? rule = _rules.Find(candidate => candidate.Hits(call, key));
            Faults += rule is null ? 0 : 1;
            _lostBy = rule is { Fault: FaultKind.LostConnection } ? rule : null;
            return rule;
        }
    }

    private async Task ChangeAsync(string key, Func<Task> change)
    {
        long? before = await inner.GetSizeAsync(key, CancellationToken.None);
        await change();
        lock (_lock)
        {
            _history.Add(Calls.Count, key, before);
        }
    }

    private async Task<IReadOnlyCollection<StoredObject>> ListLateAsync(string prefix)
    {
        List<StoredObject> now = [];
        await foreach (StoredObject item in inner.ListAsync(prefix, CancellationToken.None))
        {
            now.Add(item);
        }

        lock (_lock)
        {
            return ListingLag == 0 ? now : _history.Rewind(now, prefix, Calls.Count - ListingLag);
        }
    }
}
