using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>The lock files of a repository.</summary>
public sealed class LockStore
{
    /// <summary>A lock that was not refreshed for so long is stale: its holder refreshes every five minutes.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(30);

    private readonly Repository _repository;
    private readonly TimeProvider _time;

    /// <summary>The locks of the repository.</summary>
    public LockStore(Repository repository, TimeProvider time)
    {
        _repository = repository;
        _time = time;
    }

    /// <summary>All locks. An empty file, which a crashed writer leaves on some stores, is nobody's.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>RepositoryDamaged</c> for a lock file that cannot be read: it may be
    /// somebody's, so it is not passed over.</exception>
    public async Task<IReadOnlyList<LockFile>> ListAsync(CancellationToken cancellationToken)
    {
        List<LockFile> locks = [];
        await foreach ((ObjectId id, long size) in _repository.Files.ListAsync(FileKind.Lock, cancellationToken)
            .ConfigureAwait(false))
        {
            if (size > 0 && await TryReadAsync(id, cancellationToken).ConfigureAwait(false) is { } file)
            {
                locks.Add(file);
            }
        }

        return locks;
    }

    /// <summary>
    /// Why the lock's holder cannot be at work any more; null if it may be. Dead is a lock of this machine whose process
    /// does not exist, and one that was not refreshed for 30 minutes.
    /// </summary>
    public string? WhyDead(LockFile file)
    {
        MachineIdentity here = MachineIdentity.Current;
        if (file.HostName == here.HostName && file.ProcessId != here.ProcessId && !ProcessProbe.MayExist(file.ProcessId))
        {
            return $"its process {file.ProcessId} on this machine does not exist any more";
        }

        TimeSpan age = _time.GetUtcNow() - file.Time.ToDateTimeOffset();
        return age > StaleAfter ? $"it was last refreshed {(int)age.TotalMinutes} minutes ago" : null;
    }

    /// <summary>Removes every lock whose holder is dead, or all.</summary>
    /// <returns>The locks removed.</returns>
    public async Task<IReadOnlyList<LockFile>> RemoveAsync(bool all, CancellationToken cancellationToken)
    {
        List<LockFile> removed = [];
        await foreach ((ObjectId id, long size) in _repository.Files.ListAsync(FileKind.Lock, cancellationToken)
            .ConfigureAwait(false))
        {
            LockFile? file = all ? await ReadOrPlaceholderAsync(id, cancellationToken).ConfigureAwait(false)
                : size > 0 ? await TryReadAsync(id, cancellationToken).ConfigureAwait(false)
                : null;
            if (file is not null && (all || WhyDead(file) is not null))
            {
                await _repository.Files.RemoveAsync(FileKind.Lock, id, cancellationToken).ConfigureAwait(false);
                removed.Add(file);
            }
        }

        return removed;
    }

    /// <summary>Writes a lock of this process.</summary>
    internal Task<ObjectId> WriteAsync(bool isExclusive, CancellationToken cancellationToken)
    {
        MachineIdentity here = MachineIdentity.Current;
        LockFile file = new()
        {
            Time = FileTimestamp.FromDateTimeOffset(_time.GetLocalNow()),
            IsExclusive = isExclusive,
            HostName = here.HostName,
            UserName = here.UserName,
            ProcessId = here.ProcessId,
            UserId = here.UserId,
            GroupId = here.GroupId,
        };
        return _repository.Files.SaveAsync(FileKind.Lock, file.Encode(), cancellationToken);
    }

    internal async Task<bool> ExistsAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _repository.Store.GetSizeAsync(RepositoryLayout.KeyOf(FileKind.Lock, id), cancellationToken)
            .ConfigureAwait(false) is not null;

    internal Task RemoveAsync(ObjectId id, CancellationToken cancellationToken) =>
        _repository.Files.RemoveAsync(FileKind.Lock, id, cancellationToken);

    private async Task<LockFile?> TryReadAsync(ObjectId id, CancellationToken cancellationToken)
    {
        try
        {
            byte[] json = await _repository.Files.LoadAsync(FileKind.Lock, id, cancellationToken).ConfigureAwait(false);
            return LockFile.Decode(json, id);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
        {
            // Its holder refreshed or released it since the listing.
            return null;
        }
        catch (JsonException failure)
        {
            throw RepositoryFiles.Damaged(FileKind.Lock, id, failure.Message, failure);
        }
    }

    private async Task<LockFile> ReadOrPlaceholderAsync(ObjectId id, CancellationToken cancellationToken)
    {
        try
        {
            if (await TryReadAsync(id, cancellationToken).ConfigureAwait(false) is { } file)
            {
                return file;
            }
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.RepositoryDamaged)
        {
            // It is to be removed whatever it says.
        }

        return new LockFile { Time = default, Id = id, HostName = "unknown", UserName = "unknown" };
    }
}
