using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage;

/// <summary>
/// Tries on a live location what a repository needs of a store: writes, reads whole and in part, lists, creates only where
/// there is nothing, deletes; and whether the place deletes objects by itself. Objects of its own are all it touches, and
/// they are removed at the end.
/// </summary>
/// <remarks>They lie in the folder <c>backupmodule/probe-…/</c>, which restic passes over.</remarks>
public sealed class StoreProbe
{
    private const int Size = 100_000;

    private readonly IObjectStore _store;
    private readonly TimeProvider _time;
    private readonly string _folder = $"backupmodule/probe-{RandomNumberGenerator.GetHexString(8, lowercase: true)}/";
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Size);
    private bool _isPrepared;

    /// <summary>A probe of the store.</summary>
    public StoreProbe(IObjectStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    private string Key => _folder + "object";

    /// <summary>Runs every check, also after one has failed.</summary>
    public async Task<IReadOnlyList<StoreFinding>> RunAsync(CancellationToken cancellationToken)
    {
        List<StoreFinding> findings = [];
        try
        {
            (string Name, Func<CancellationToken, Task<string?>> Check)[] checks =
            [
                ("Reach", ReachAsync),
                ("Write", WriteAsync),
                ("ReadBack", ReadBackAsync),
                ("ReadRange", ReadRangeAsync),
                ("ReadPastEnd", ReadPastEndAsync),
                ("Replace", ReplaceAsync),
                ("List", ListAsync),
                ("Missing", LookForNothingAsync),
                ("CreateOnce", CreateOnceAsync),
                ("Delete", DeleteAsync),
            ];
            foreach ((string name, Func<CancellationToken, Task<string?>> check) in checks)
            {
                findings.Add(await TryAsync(name, check, cancellationToken).ConfigureAwait(false));
            }

            await ReadRulesAsync(findings, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await CleanUpAsync(findings).ConfigureAwait(false);
        }

        return findings;
    }

    private async Task<StoreFinding> TryAsync(
        string name, Func<CancellationToken, Task<string?>> check, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        try
        {
            string? fault = await check(cancellationToken).ConfigureAwait(false);
            return new StoreFinding(
                name, fault is null ? StoreFindingState.Passed : StoreFindingState.Failed, fault, _time.GetElapsedTime(started));
        }
        catch (BackupException failure)
        {
            return new StoreFinding(
                name,
                failure.Kind == BackupErrorKind.StorageUnsupported ? StoreFindingState.Unsupported : StoreFindingState.Failed,
                $"{failure.Message} {failure.Guidance}".TrimEnd(),
                _time.GetElapsedTime(started));
        }
    }

    private async Task<string?> ReachAsync(CancellationToken cancellationToken)
    {
        await _store.PrepareAsync([_folder.TrimEnd('/')], cancellationToken).ConfigureAwait(false);
        _isPrepared = true;
        return null;
    }

    private async Task<string?> WriteAsync(CancellationToken cancellationToken)
    {
        await _store.PutAsync(Key, _content, cancellationToken).ConfigureAwait(false);
        long? size = await _store.GetSizeAsync(Key, cancellationToken).ConfigureAwait(false);
        return size == Size ? null
            : size is null ? "What was written is not there."
            : $"{Size} bytes were written, and the store has {size}.";
    }

    private Task<string?> ReadBackAsync(CancellationToken cancellationToken) => CompareAsync(0, Size, cancellationToken);

    private Task<string?> ReadRangeAsync(CancellationToken cancellationToken) =>
        CompareAsync((Size / 3) + 1, Size / 2, cancellationToken);

    private async Task<string?> CompareAsync(int offset, int length, CancellationToken cancellationToken)
    {
        byte[] read = new byte[length];
        await _store.ReadAsync(Key, offset, read, cancellationToken).ConfigureAwait(false);
        return read.AsSpan().SequenceEqual(_content.AsSpan(offset, length))
            ? null
            : $"Bytes {offset} to {offset + length} came back with other content than was written.";
    }

    private async Task<string?> ReadPastEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _store.ReadAsync(Key, Size - 10, new byte[20], cancellationToken).ConfigureAwait(false);
            return "Reading beyond the end of an object succeeds.";
        }
        catch (BackupException failure) when (failure is { Kind: BackupErrorKind.StorageFailure, IsTransient: false })
        {
            return null;
        }
    }

    private async Task<string?> ReplaceAsync(CancellationToken cancellationToken)
    {
        RandomNumberGenerator.Fill(_content);
        await _store.PutAsync(Key, _content, cancellationToken).ConfigureAwait(false);
        return await CompareAsync(0, Size, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> ListAsync(CancellationToken cancellationToken)
    {
        List<StoredObject> listed = await _store.ListAsync(_folder, cancellationToken)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return listed is [{ Size: Size } only] && only.Key == Key
            ? null
            : $"A listing should show just '{Key}', and shows {listed.Count} objects.";
    }

    private async Task<string?> LookForNothingAsync(CancellationToken cancellationToken)
    {
        string missing = _folder + "missing";
        if (await _store.GetSizeAsync(missing, cancellationToken).ConfigureAwait(false) is not null)
        {
            return "The store claims to have an object that was never written.";
        }

        try
        {
            await _store.ReadAsync(missing, 0, new byte[1], cancellationToken).ConfigureAwait(false);
            return "The store gives content for an object that was never written.";
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
        {
            return null;
        }
    }

    private async Task<string?> CreateOnceAsync(CancellationToken cancellationToken)
    {
        string key = _folder + "once";
        if (!await _store.TryCreateAsync(key, _content, cancellationToken).ConfigureAwait(false))
        {
            return "An object that is not there cannot be created.";
        }

        return await _store.TryCreateAsync(key, new byte[] { 1 }, cancellationToken).ConfigureAwait(false)
            ? "An object that is there was created again: of two who create a repository at once, both believe it theirs."
            : null;
    }

    private async Task<string?> DeleteAsync(CancellationToken cancellationToken)
    {
        await _store.DeleteAsync(Key, cancellationToken).ConfigureAwait(false);
        return await _store.GetSizeAsync(Key, cancellationToken).ConfigureAwait(false) is null
            ? null
            : "A deleted object is still there.";
    }

    private async Task ReadRulesAsync(List<StoreFinding> findings, CancellationToken cancellationToken)
    {
        StoreRules? rules = null;
        StoreFinding expiry = await TryAsync(
            "Expiry",
            async token =>
            {
                rules = await LookForRulesAsync(token).ConfigureAwait(false);
                return rules?.Expiry is { } rule
                    ? $"The bucket deletes backups by itself: {rule}. Take our objects out of that rule."
                    : null;
            },
            cancellationToken).ConfigureAwait(false);
        if (rules is not null || expiry.State != StoreFindingState.Passed)
        {
            findings.Add(expiry);
        }

        if (rules is { KeepsVersions: true })
        {
            findings.Add(new StoreFinding(
                "Versions",
                StoreFindingState.Passed,
                rules.VersionDays is { } days
                    ? $"What is deleted stays in the bucket as an old version for {days} days."
                    : "What is deleted stays in the bucket as an old version, and is paid for, until a lifecycle rule for old "
                    + "versions removes it. There is no such rule.",
                TimeSpan.Zero));
        }
    }

    private async Task<StoreRules?> LookForRulesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _store.Upkeep() is { } upkeep
                ? await upkeep.ReadRulesAsync(cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.AccessDenied)
        {
            throw new BackupException(
                BackupErrorKind.StorageUnsupported,
                "Whether the bucket deletes objects by itself is not known: the key may not read its rules.",
                "Allow it s3:GetLifecycleConfiguration and s3:GetBucketVersioning to have them looked at.",
                failure);
        }
    }

    // Also after Ctrl+C: what is left would look like a foreign folder.
    private async Task CleanUpAsync(List<StoreFinding> findings)
    {
        try
        {
            List<StoredObject> left = await _store.ListAsync(_folder, CancellationToken.None).ToListAsync()
                .ConfigureAwait(false);
            foreach (StoredObject item in left)
            {
                await _store.DeleteAsync(item.Key, CancellationToken.None).ConfigureAwait(false);
            }

            if (_isPrepared && _store.Upkeep() is { } upkeep)
            {
                await upkeep.RemoveFolderAsync(_folder.TrimEnd('/'), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (BackupException failure)
        {
            findings.Add(new StoreFinding(
                "CleanUp",
                StoreFindingState.Failed,
                $"Objects below '{_folder}' may be left: {failure.Message}",
                TimeSpan.Zero));
        }
    }
}
