using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Storage;
using BackupModule.Core.Verification;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>
/// Changes a repository's master key: makes another repository beside it with a new one, copies every backup into it
/// encrypted anew, reads all of it again, and only then puts it in the place of the old one, which stays as it is under
/// another name.
/// </summary>
/// <remarks>
/// Backups may go on into the old repository meanwhile; the last of them are copied under an exclusive lock. Interrupted at
/// any moment, it goes on when it is run again, or is given up with <see cref="AbandonAsync"/>; until the exchange, the old
/// repository is the repository.
/// </remarks>
public sealed class KeyRotation
{
    // What belongs to the repository beside its backups. Its files are encrypted with the master key, too.
    private static readonly string[] s_records = [CopyRecord.Kind, RepairRecord.Kind];

    private readonly Repository _old;
    private readonly StoreLocation _location;
    private readonly Func<StoreLocation, Task<IObjectStore>> _open;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly RotationRecords _records;

    /// <summary>A change of an open repository's master key.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="open">Opens the store at another location, reached as this one is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Hears of the progress.</param>
    public KeyRotation(
        Repository repository,
        StoreLocation location,
        Func<StoreLocation, Task<IObjectStore>> open,
        TimeProvider time,
        IBackupObserver observer)
    {
        _old = repository;
        _location = location;
        _open = open;
        _time = time;
        _observer = observer;
        _records = new RotationRecords(repository, observer);
    }

    /// <summary>Finishes the exchange of two folders that was interrupted in its middle.</summary>
    /// <returns>False if there was none.</returns>
    public static bool FinishExchange(StoreLocation location) =>
        location.Provider == StoreProvider.Local
        && FolderSwap.Finish(location.Text, RotationPlace.Beside(location).Text);

    /// <summary>True if a repository took the place of another when the master key was changed.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public static Task<bool> TookPlaceOfAsync(
        Repository repository, ObjectId other, IBackupObserver observer, CancellationToken cancellationToken) =>
        new RotationRecords(repository, observer).ReplacesAsync(other, cancellationToken);

    /// <summary>Says what would be done. Changes nothing.</summary>
    /// <exception cref="BackupException"><c>StorageUnsupported</c>: the repository cannot be exchanged; <c>RepositoryExists</c>
    /// or <c>RepositoryForeign</c>: something is in the way beside it; or a failure of the store.</exception>
    public async Task<RotationPlan> PlanAsync(CancellationToken cancellationToken)
    {
        (ObjectId Id, RotationRecord Record)? begun = await _records.FindBegunAsync(cancellationToken).ConfigureAwait(false);
        StoreLocation target = begun is { } found
            ? RotationPlace.Parse(found.Record.Target!)
            : RotationPlace.Beside(_location);
        if (begun is null)
        {
            await Repository.RequireFreePlaceAsync(
                await _open(target).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        int backups = await _old.Files.ListAsync(FileKind.Snapshot, cancellationToken).CountAsync(cancellationToken)
            .ConfigureAwait(false);
        long bytes = await _old.Store.ListAsync(RepositoryLayout.FolderOf(FileKind.Pack), cancellationToken)
            .Select(static pack => pack.Size).SumAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RepositoryKey> keys = await new KeyRing(_old).ListAsync(_observer, cancellationToken)
            .ConfigureAwait(false);
        return new RotationPlan(target, begun is not null, backups, bytes, [.. keys.Where(static key => !key.IsCurrent)]);
    }

    /// <summary>Changes the master key, or goes on with it.</summary>
    /// <param name="password">The password of the new repository's first key, as UTF-8.</param>
    /// <param name="lockWait">How long to wait while somebody else uses the repository.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>; <c>VerificationFailed</c>: not every backup could be
    /// copied whole, and nothing was exchanged; see also <see cref="PlanAsync"/>.</exception>
    public async Task<RotationResult> RunAsync(
        ReadOnlyMemory<byte> password, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        RotationPlan plan = await PlanAsync(cancellationToken).ConfigureAwait(false);
        Repository successor = await OpenSuccessorAsync(plan, password, cancellationToken).ConfigureAwait(false);
        CopyRunner copier = new(_old, successor, _time, _observer);
        CopyOptions options = new() { LockWait = lockWait, CopyRemoved = true, IsRecorded = false };
        CopyResult copied = await copier.RunAsync(options, cancellationToken).ConfigureAwait(false);
        RequireAll(copied);
        await VerifyAsync(successor, cancellationToken).ConfigureAwait(false);
        (CopyResult last, string oldLocation) = await RepositoryLock.RunAsync(
            _old,
            new LockOptions(IsExclusive: true, lockWait),
            _time,
            _observer,
            async token =>
            {
                CopyResult late = await copier.RunLockedAsync(options with { ReadBack = true }, token).ConfigureAwait(false);
                RequireAll(late);
                await CopyRecordsAsync(successor, token).ConfigureAwait(false);
                return (late, await ExchangeAsync(successor, plan.Target, token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
        await TidyLocksAsync(successor, oldLocation, cancellationToken).ConfigureAwait(false);
        return new RotationResult(
            plan,
            successor.Config.Id,
            IsFolder ? _location.Text : plan.Target.Text,
            oldLocation,
            last.Plan.Items.Count,
            copied.BytesStored + last.BytesStored,
            _time.GetElapsedTime(started));
    }

    /// <summary>Gives up a change that was begun: removes the new repository and keeps the old one.</summary>
    /// <returns>False if none was begun.</returns>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task<bool> AbandonAsync(CancellationToken cancellationToken)
    {
        if (await _records.FindBegunAsync(cancellationToken).ConfigureAwait(false) is not { } begun)
        {
            return false;
        }

        // The place was free when it began, so all that is there is ours; the record goes last.
        await RemoveAsync(begun.Record.Target!, cancellationToken).ConfigureAwait(false);
        await _records.RemoveAsync(begun.Id, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Removes the old repository after its place was taken.</summary>
    /// <param name="result">What was done.</param>
    /// <param name="cancellationToken">Stops the work; it can be removed later.</param>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public Task RemoveOldAsync(RotationResult result, CancellationToken cancellationToken) =>
        RemoveAsync(result.OldLocation, cancellationToken);

    private bool IsFolder => _location.Provider == StoreProvider.Local;

    private async Task RemoveAsync(string location, CancellationToken cancellationToken)
    {
        RepositoryRemover remover = new(await _open(RotationPlace.Parse(location)).ConfigureAwait(false), _observer);
        await remover.RemoveContentAsync(cancellationToken).ConfigureAwait(false);
        await remover.RemoveRestAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Repository> OpenSuccessorAsync(
        RotationPlan plan, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        if (!plan.IsBegun)
        {
            await _records.SaveAsync(
                new RotationRecord { Time = Now(), Target = plan.Target.Text }, cancellationToken).ConfigureAwait(false);
        }

        IObjectStore store = await _open(plan.Target).ConfigureAwait(false);
        return await store.GetSizeAsync(RepositoryLayout.ConfigKey, cancellationToken).ConfigureAwait(false) is null
            ? await Repository.CreateAsync(
                store, password, _old.Config.Polynomial, _old.Options with { Cache = null }, _time, cancellationToken)
                .ConfigureAwait(false)
            : await Repository.OpenAsync(store, password, _old.Options with { Cache = null }, cancellationToken)
                .ConfigureAwait(false);
    }

    private void RequireAll(CopyResult copied)
    {
        if (copied.Waiting > 0)
        {
            throw new BackupException(
                BackupErrorKind.VerificationFailed,
                $"{copied.Waiting} of the backups could not be copied whole, so the master key of {_location} stays as it is.",
                "Mend them with Repair-BackupRepository or remove them, and run the command again; or give it up with "
                + "-Abandon.")
            {
                Subject = _location.Text,
            };
        }
    }

    private async Task VerifyAsync(Repository successor, CancellationToken cancellationToken)
    {
        CheckResult check = await new RepositoryChecker(successor, _time, _observer)
            .RunAsync(new CheckOptions { ReadData = true }, cancellationToken).ConfigureAwait(false);
        if (!check.Passed)
        {
            throw new BackupException(
                BackupErrorKind.VerificationFailed,
                $"The new repository at {successor.Store.Location} is damaged, so the old one stays: "
                + check.Findings.First(static finding => finding.IsError).Message,
                "Check the disk or the memory of this machine, give the change up with -Abandon, and begin again.")
            {
                Subject = successor.Store.Location,
            };
        }
    }

    // What an interrupted run has copied of them is not copied again.
    private async Task CopyRecordsAsync(Repository successor, CancellationToken cancellationToken)
    {
        foreach (string kind in s_records)
        {
            RecordStore records = new(successor, kind);
            HashSet<ObjectId> there = [.. (await ReadAsync(records).ConfigureAwait(false)).Select(static json => ObjectId.Hash(json))];
            foreach (byte[] json in await ReadAsync(new RecordStore(_old, kind)).ConfigureAwait(false))
            {
                if (there.Add(ObjectId.Hash(json)))
                {
                    await records.AppendAsync(json, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        async Task<IEnumerable<byte[]>> ReadAsync(RecordStore records) =>
            (await records.ReadAllAsync(static json => json.ToArray(), _observer, cancellationToken).ConfigureAwait(false))
            .Select(static item => item.Record);
    }

    // The location of the old repository from then on.
    private async Task<string> ExchangeAsync(
        Repository successor, StoreLocation target, CancellationToken cancellationToken)
    {
        RotationRecords records = new(successor, _observer);
        if (!await records.ReplacesAsync(_old.Config.Id, cancellationToken).ConfigureAwait(false))
        {
            await records.SaveAsync(
                new RotationRecord { Time = Now(), Replaces = _old.Config.Id }, cancellationToken).ConfigureAwait(false);
        }

        if (!IsFolder)
        {
            await RetiredRepository.RetireAsync(_old, target, cancellationToken).ConfigureAwait(false);
            return _location.Text;
        }

        cancellationToken.ThrowIfCancellationRequested();
        string putAway = RotationPlace.OldBeside(_location.Text, _time.GetLocalNow());
        try
        {
            FolderSwap.Replace(_location.Text, target.Text, putAway);
        }
        catch (IOException failure)
        {
            throw new BackupException(
                BackupErrorKind.StorageFailure,
                $"{target} could not be put in the place of {_location}: {failure.Message}",
                "Nothing is lost: run the command again.",
                failure)
            {
                Subject = _location.Text,
            };
        }

        return putAway;
    }

    // Our lock went with the old folder; and one written anew while the folders were exchanged is in the new one, where
    // nobody can read it.
    private async Task TidyLocksAsync(Repository successor, string oldLocation, CancellationToken cancellationToken)
    {
        if (!IsFolder)
        {
            return;
        }

        IObjectStore old = await _open(RotationPlace.Parse(oldLocation)).ConfigureAwait(false);
        await foreach (StoredFile file in RepositoryFiles.ListAsync(old, FileKind.Lock, cancellationToken)
            .ConfigureAwait(false))
        {
            await old.DeleteAsync(RepositoryLayout.KeyOf(FileKind.Lock, file.Id), cancellationToken).ConfigureAwait(false);
        }

        RepositoryFiles files = new(await _open(_location).ConfigureAwait(false), successor.Cipher);
        await foreach (StoredFile file in files.ListAsync(FileKind.Lock, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await files.LoadAsync(FileKind.Lock, file.Id, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure) when (failure.Kind is BackupErrorKind.RepositoryDamaged)
            {
                await files.RemoveAsync(FileKind.Lock, file.Id, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private FileTimestamp Now() => FileTimestamp.FromDateTimeOffset(_time.GetLocalNow());
}
