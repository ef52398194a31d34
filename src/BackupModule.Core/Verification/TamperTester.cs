using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Verification;

/// <summary>
/// Tries to damage a repository with the credentials that it is used with, and says whether the store refuses: deletes and
/// overwrites a probe, shortens its lock, bypasses it; then tries to delete some of the repository's own files whose locks
/// the store confirms. The result is kept in the repository as a record.
/// </summary>
/// <remarks>No file of the repository is touched unless the store has refused to delete the locked probe before. What is
/// tried is read first, so that it can be put back if a store should delete it against its word.</remarks>
public sealed class TamperTester
{
    /// <summary>Where probes lie, relative to the repository.</summary>
    internal const string Folder = RepositoryLayout.OwnFolder + "tamper/";

    private const string RecordName = "evidence";
    private const int Size = 1000;
    private const int PacksTried = 3;

    private const string LockNextStep =
        "Move the repository to a bucket with object lock, and set -LockMode and -LockFor with Set-BackupRepository.";

    // Long enough for the slowest attempt and clocks that differ a little; no probe lies about for long.
    private static readonly TimeSpan s_probeLock = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_shortened = TimeSpan.FromMinutes(1);

    // A lock that ends while its object is being tried proves nothing, and might lose it.
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(10);

    private readonly Repository _repository;
    private readonly IObjectStore _store;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly List<TamperFinding> _findings = [];
    private readonly string _key = Folder + RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Size);

    /// <summary>A tester for one test of the open repository.</summary>
    public TamperTester(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _store = repository.Store;
        _time = time;
        _observer = observer;
    }

    /// <summary>Makes the attempts. What is allowed is in the result, not thrown.</summary>
    /// <exception cref="BackupException">A failure of the store before anything could be tried.</exception>
    public async Task<TamperTestResult> RunAsync(CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        DateTimeOffset time = _time.GetUtcNow();
        if (_repository.Retention is { } retention)
        {
            await TryLockedAsync(retention, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await TryUnlockedAsync(cancellationToken).ConfigureAwait(false);
        }

        TamperTestResult result = new(
            time,
            _repository.Retention?.Policy!.Mode ?? StoreLockMode.None,
            _findings,
            _time.GetElapsedTime(started));
        await RecordAsync(result, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async Task TryUnlockedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _store.PutAsync(_key, _content, cancellationToken).ConfigureAwait(false);
            await TryAsync(
                "Overwrite",
                async token =>
                {
                    await _store.PutAsync(_key, RandomNumberGenerator.GetBytes(Size), token).ConfigureAwait(false);
                    return "An object was overwritten.";
                },
                LockNextStep,
                cancellationToken).ConfigureAwait(false);
            await TryAsync(
                "Delete",
                async token =>
                {
                    await _store.DeleteAsync(_key, token).ConfigureAwait(false);
                    return await _store.GetSizeAsync(_key, token).ConfigureAwait(false) is null
                        ? "An object was deleted." : null;
                },
                LockNextStep,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await RemoveProbeAsync().ConfigureAwait(false);
        }
    }

    private async Task TryLockedAsync(IRetentionStore retention, CancellationToken cancellationToken)
    {
        StoreLockMode mode = retention.Policy!.Mode;
        try
        {
            await _store.PutAsync(_key, _content, cancellationToken).ConfigureAwait(false);
            ObjectRetention? probe = await retention.GetAsync(_key, cancellationToken).ConfigureAwait(false);
            if (probe is not { VersionId: { } version })
            {
                Add("Delete", _key, TamperOutcome.Allowed, "The bucket keeps no versions.", LockNextStep);
                return;
            }

            await RelockAsync(cancellationToken).ConfigureAwait(false);
            await TryAsync(
                "Delete",
                token => DeleteAsync(retention, version, bypass: false, token),
                "The bucket does not keep its locks: do not rely on it. Ask its provider, or take another.",
                cancellationToken).ConfigureAwait(false);
            await OverwriteAsync(retention, version, cancellationToken).ConfigureAwait(false);
            await HideAsync(retention, version, cancellationToken).ConfigureAwait(false);
            await TryAsync(
                "Shorten",
                async token =>
                {
                    await RelockAsync(token).ConfigureAwait(false);
                    await retention.SetAsync(_key, version, mode, _time.GetUtcNow() + s_shortened, token)
                        .ConfigureAwait(false);
                    return "A lock was shortened.";
                },
                "Whoever has these credentials can take locks away. Ask the bucket's provider, or use -LockMode Compliance.",
                cancellationToken).ConfigureAwait(false);
            if (_findings.Exists(static finding => finding.Outcome is TamperOutcome.Allowed or TamperOutcome.Unproven))
            {
                Add(
                    "DeleteStored",
                    _store.Location,
                    TamperOutcome.Unproven,
                    "No file of the repository was tried, because the probe was not safe.",
                    "See the findings before this one.");
            }
            else
            {
                await TryStoredAsync(retention, cancellationToken).ConfigureAwait(false);
            }

            if (mode == StoreLockMode.Governance)
            {
                await TryAsync(
                    "Bypass",
                    async token =>
                    {
                        await RelockAsync(token).ConfigureAwait(false);
                        return await DeleteAsync(retention, version, bypass: true, token).ConfigureAwait(false);
                    },
                    "These credentials may bypass locks in governance mode, and so may whoever steals them. Take the right "
                    + "s3:BypassGovernanceRetention from them, or use -LockMode Compliance.",
                    cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await RemoveProbeAsync().ConfigureAwait(false);
        }

        async Task RelockAsync(CancellationToken token) => await retention.SetAsync(
            _key,
            await VersionOfProbeAsync(retention, token).ConfigureAwait(false),
            mode,
            RetentionPolicy.WholeSeconds(_time.GetUtcNow() + s_probeLock),
            token).ConfigureAwait(false);
    }

    // The first version, which is the last of a listing; later ones are our own attempts.
    private async Task<string> VersionOfProbeAsync(IRetentionStore retention, CancellationToken cancellationToken) =>
        (await retention.ListVersionsAsync(_key, cancellationToken)
            .Where(static version => !version.IsDeleteMarker).LastAsync(cancellationToken).ConfigureAwait(false)).VersionId;

    private async Task<string?> DeleteAsync(
        IRetentionStore retention, string version, bool bypass, CancellationToken cancellationToken)
    {
        await retention.DeleteVersionAsync(_key, version, bypass, cancellationToken).ConfigureAwait(false);
        return await retention.ListVersionsAsync(_key, cancellationToken)
            .AnyAsync(item => item.VersionId == version, cancellationToken).ConfigureAwait(false)
            ? null : "A locked object was deleted.";
    }

    // A bucket with versions takes every put; what counts is that the version before stays.
    private async Task OverwriteAsync(IRetentionStore retention, string version, CancellationToken cancellationToken)
    {
        try
        {
            await _store.PutAsync(_key, RandomNumberGenerator.GetBytes(Size), cancellationToken).ConfigureAwait(false);
            await ReportKeptAsync("Overwrite", retention, version, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            Report("Overwrite", _key, failure);
        }
    }

    private async Task HideAsync(IRetentionStore retention, string version, CancellationToken cancellationToken)
    {
        try
        {
            await _store.DeleteAsync(_key, cancellationToken).ConfigureAwait(false);
            await ReportKeptAsync("Hide", retention, version, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            Report("Hide", _key, failure);
        }
    }

    private async Task ReportKeptAsync(
        string attempt, IRetentionStore retention, string version, CancellationToken cancellationToken)
    {
        byte[] read = new byte[Size];
        bool isKept = true;
        try
        {
            await retention.ReadVersionAsync(_key, version, read, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
        {
            isKept = false;
        }

        if (isKept && read.AsSpan().SequenceEqual(_content))
        {
            Add(
                attempt,
                _key,
                TamperOutcome.Harmless,
                "The locked version stays and can be read.",
                "Repair-BackupRepository -Undelete brings back what was hidden.");
        }
        else
        {
            Add(attempt, _key, TamperOutcome.Allowed, "The locked version is gone or changed.", LockNextStep);
        }
    }

    private async Task TryStoredAsync(IRetentionStore retention, CancellationToken cancellationToken)
    {
        ProtectionLedger ledger = await ProtectionLedger.LoadAsync(_repository, _observer, cancellationToken)
            .ConfigureAwait(false);
        List<string> keys = [RepositoryLayout.ConfigKey];
        List<string> packs = [];
        DateTimeOffset now = _time.GetUtcNow();
        await foreach ((ObjectId id, _) in _repository.Files.ListAsync(FileKind.Pack, cancellationToken)
            .ConfigureAwait(false))
        {
            if (ledger.LockedUntil(id) > now + s_margin)
            {
                packs.Add(RepositoryLayout.KeyOf(FileKind.Pack, id));
            }
        }

        string[] chosen = [.. packs];
        Random.Shared.Shuffle(chosen);
        keys.AddRange(chosen.Take(PacksTried));
        foreach (string key in keys)
        {
            try
            {
                await TryStoredAsync(retention, key, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure)
            {
                Report("DeleteStored", key, failure);
            }
        }

        if (packs.Count == 0)
        {
            Add(
                "DeleteStored",
                RepositoryLayout.FolderOf(FileKind.Pack),
                TamperOutcome.Unproven,
                "No pack is known to be locked, so none was tried.",
                "Make a backup: it locks what it needs. Then run the test again.");
        }
    }

    private async Task TryStoredAsync(IRetentionStore retention, string key, CancellationToken cancellationToken)
    {
        ObjectRetention? found = await retention.GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (found is not { VersionId: { } version } lockOf
            || lockOf.Mode == StoreLockMode.None
            || lockOf.Until <= _time.GetUtcNow() + s_margin)
        {
            Add(
                "DeleteStored",
                key,
                TamperOutcome.Unproven,
                found is null ? "It is not there, or hidden." : "The store does not confirm a lock on it, so it was not tried.",
                "Make a backup: it locks what it needs. If it is hidden, run Repair-BackupRepository -Undelete.");
            return;
        }

        byte[] content = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            await retention.DeleteVersionAsync(key, version, bypassGovernance: false, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.AccessDenied)
        {
            Add("DeleteStored", key, TamperOutcome.Refused, $"Locked until {lockOf.Until:u}.", null);
            return;
        }

        if (await _store.GetSizeAsync(key, CancellationToken.None).ConfigureAwait(false) is null)
        {
            await _store.PutAsync(key, content, CancellationToken.None).ConfigureAwait(false);
        }

        Add(
            "DeleteStored",
            key,
            TamperOutcome.Allowed,
            "The store deleted it against its own lock; it was put back.",
            "Do not rely on this bucket's locks. Copy the repository elsewhere.");
    }

    private async Task<byte[]> ReadAsync(string key, CancellationToken cancellationToken)
    {
        long size = await _store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw ObjectErrors.Missing(key, _store.Location);
        byte[] content = new byte[size];
        await _store.ReadAsync(key, 0, content, cancellationToken).ConfigureAwait(false);
        return content;
    }

    // The attempt says what it did; null if it had no effect.
    private async Task TryAsync(
        string attempt,
        Func<CancellationToken, Task<string?>> work,
        string nextStep,
        CancellationToken cancellationToken)
    {
        try
        {
            if (await work(cancellationToken).ConfigureAwait(false) is { } done)
            {
                Add(attempt, _key, TamperOutcome.Allowed, done, nextStep);
            }
            else
            {
                Add(attempt, _key, TamperOutcome.Refused, "The store said yes and did nothing.", null);
            }
        }
        catch (BackupException failure)
        {
            Report(attempt, _key, failure);
        }
    }

    private void Report(string attempt, string target, BackupException failure)
    {
        if (failure.Kind == BackupErrorKind.AccessDenied)
        {
            Add(attempt, target, TamperOutcome.Refused, "The store refused.", null);
        }
        else
        {
            Add(attempt, target, TamperOutcome.Unproven, failure.Message, failure.Guidance);
        }
    }

    private void Add(string attempt, string target, TamperOutcome outcome, string message, string? nextStep) =>
        _findings.Add(new TamperFinding(attempt, target, outcome, message, nextStep));

    // Also after Ctrl+C. A locked probe is hidden, and removed by a prune after its lock has ended.
    private async Task RemoveProbeAsync()
    {
        try
        {
            if (_store.Retention() is { } retention)
            {
                await retention.RemoveAsync(_key, CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await _store.DeleteAsync(_key, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (BackupException failure)
        {
            _observer.OnDecision($"The probe {_key} may be left: {failure.Message}");
        }
    }

    private async Task RecordAsync(TamperTestResult result, CancellationToken cancellationToken)
    {
        try
        {
            await new RecordStore(_repository, RecordName).AppendAsync(result.Encode(), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            _observer.OnWarning($"The test is not recorded in the repository: {failure.Message}");
        }
    }
}
