using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;

namespace BackupModule.Tests.Storage;

/// <summary>A store whose calls fail by rule, before or after they had their effect.</summary>
internal sealed class FaultyStore(IObjectStore inner) : IObjectStore
{
    private readonly Lock _lock = new();
    private readonly List<FaultRule> _rules = [];
    private bool _isDead;

    public string Location => inner.Location;

    /// <summary>Every call so far, in order: <c>Put data/ab/…</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>How many calls were made to fail.</summary>
    public int Faults { get; private set; }

    /// <summary>A rule for one kind of call, on keys that start so.</summary>
    public FaultRule On(StoreCall call, string keyPrefix = "") => new(this, call, keyPrefix);

    /// <summary>A rule for every call.</summary>
    public FaultRule OnAny() => new(this, null, string.Empty);

    /// <summary>No call fails any more.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _rules.Clear();
            _isDead = false;
        }
    }

    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) => RunAsync(
        StoreCall.Prepare, string.Empty, async () =>
        {
            await inner.PrepareAsync(folders, cancellationToken);
            return true;
        });

    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => RunAsync(
        StoreCall.Put, key, async () =>
        {
            await inner.PutAsync(key, content, cancellationToken);
            return true;
        });

    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
        RunAsync(StoreCall.GetSize, key, () => inner.GetSizeAsync(key, cancellationToken));

    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        RunAsync(StoreCall.Read, key, async () =>
        {
            await inner.ReadAsync(key, offset, destination, cancellationToken);
            return true;
        });

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FaultRule? rule = Enter(StoreCall.List, prefix);
        ThrowIf(rule is { IsAfterTheEffect: false }, rule, StoreCall.List, prefix);
        await foreach (StoredObject item in inner.ListAsync(prefix, cancellationToken))
        {
            yield return item;
        }

        ThrowIf(rule is not null, rule, StoreCall.List, prefix);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => RunAsync(
        StoreCall.Delete, key, async () =>
        {
            await inner.DeleteAsync(key, cancellationToken);
            return true;
        });

    internal FaultyStore Add(FaultRule rule)
    {
        lock (_lock)
        {
            _rules.Add(rule);
        }

        return this;
    }

    private async Task<T> RunAsync<T>(StoreCall call, string key, Func<Task<T>> work)
    {
        FaultRule? rule = Enter(call, key);
        ThrowIf(rule is { IsAfterTheEffect: false }, rule, call, key);
        T result = await work();
        ThrowIf(rule is not null, rule, call, key);
        return result;
    }

    private FaultRule? Enter(StoreCall call, string key)
    {
        lock (_lock)
        {
            ThrowIf(_isDead, null, call, key);
            Calls.Add($"{call} {key}");
            FaultRule? rule = _rules.Find(candidate => candidate.Hits(call, key));
            _isDead |= rule is { IsFatal: true };
            return rule;
        }
    }

    private void ThrowIf(bool fails, FaultRule? rule, StoreCall call, string key)
    {
        if (!fails)
        {
            return;
        }

        Faults++;
        throw new BackupException(
            rule?.Kind ?? BackupErrorKind.StorageFailure, $"{call} of '{key}' was made to fail.")
        {
            IsTransient = rule?.IsTransient ?? false,
        };
    }
}
