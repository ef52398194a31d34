using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Brings back files of a repository that somebody deleted or overwrote in a bucket that keeps versions: a plain delete
/// there only sets a marker that hides them, and a put leaves the version before. What we removed ourselves stays removed, as far as the ledger tells.
/// </summary>
/// <remarks>What opens the repository comes first, then packs, index files and snapshots, so that no backup is listed
/// before its content is there. Interrupted at any moment, it can be run again.</remarks>
public sealed class Undeleter
{
    private const int RequestsAtOnce = 8;

    private static readonly string s_keys = RepositoryLayout.FolderOf(FileKind.Key);

    // In the order in which they come back.
    private static readonly string[] s_content =
    [
        RepositoryLayout.FolderOf(FileKind.Pack),
        RepositoryLayout.FolderOf(FileKind.Index),
        RepositoryLayout.FolderOf(FileKind.Snapshot),
    ];

    private readonly IObjectStore _store;
    private readonly IRetentionStore _retention;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly ConcurrentQueue<HiddenObject> _restored = [];
    private readonly ConcurrentQueue<string> _failed = [];

    /// <summary>An undeleter for one run.</summary>
    /// <exception cref="BackupException"><c>StorageUnsupported</c>: the store keeps no versions.</exception>
    public Undeleter(IObjectStore store, TimeProvider time, IBackupObserver observer)
    {
        _store = store;
        _retention = store.Retention() ?? throw new BackupException(
            BackupErrorKind.StorageUnsupported,
            $"{store.Location} keeps no versions of files, so nothing that was deleted can be brought back.",
            "Only buckets of S3 servers keep versions. Bring files back from another copy of the repository.")
        {
            Subject = store.Location,
        };
        _time = time;
        _observer = observer;
    }

    /// <summary>Finds the hidden and overwritten files, those included that we removed ourselves. Changes nothing.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task<IReadOnlyList<HiddenObject>> FindAsync(CancellationToken cancellationToken)
    {
        List<HiddenObject> hidden = [];
        List<ObjectVersion> versions = [];
        await foreach (ObjectVersion version in _retention.ListVersionsAsync(string.Empty, cancellationToken)
            .ConfigureAwait(false))
        {
            if (versions.Count > 0 && versions[0].Key != version.Key)
            {
                await JudgeAsync(versions, hidden, cancellationToken).ConfigureAwait(false);
                versions.Clear();
            }

            versions.Add(version);
        }

        await JudgeAsync(versions, hidden, cancellationToken).ConfigureAwait(false);
        return hidden;
    }

    /// <summary>Finds what a run would bring back. Changes nothing.</summary>
    /// <param name="open">Opens the repository; while its config or keys are hidden, it is not called, and what we removed
    /// ourselves is not told apart.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">See <see cref="Repository.OpenAsync"/>; a failure of the store.</exception>
    public async Task<IReadOnlyList<HiddenObject>> PlanAsync(
        Func<CancellationToken, Task<Repository>> open, CancellationToken cancellationToken)
    {
        IReadOnlyList<HiddenObject> hidden = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (hidden.Any(static file => OpensRepository(file.Key)))
        {
            return hidden;
        }

        ProtectionLedger ledger = await ProtectionLedger
            .LoadAsync(await open(cancellationToken).ConfigureAwait(false), _observer, cancellationToken)
            .ConfigureAwait(false);
        return [.. hidden.Where(file => !ledger.Hidden.Contains(file.Key))];
    }

    /// <summary>Brings the hidden files back, under an exclusive lock as soon as the repository opens.</summary>
    /// <param name="open">Opens the repository.</param>
    /// <param name="lockWait">How long to wait while somebody else uses it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">See <see cref="Repository.OpenAsync"/>; <c>RepositoryLocked</c>, or a failure of
    /// the store.</exception>
    public async Task<UndeleteResult> RunAsync(
        Func<CancellationToken, Task<Repository>> open, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        IReadOnlyList<HiddenObject> hidden = await FindAsync(cancellationToken).ConfigureAwait(false);
        await RestoreAsync(hidden.Where(static file => OpensRepository(file.Key)), cancellationToken)
            .ConfigureAwait(false);
        Repository repository = await open(cancellationToken).ConfigureAwait(false);
        return await RepositoryLock.RunAsync(
            repository,
            new LockOptions(IsExclusive: true, lockWait),
            _time,
            _observer,
            token => RestoreContentAsync(repository, hidden, token),
            cancellationToken).ConfigureAwait(false);
    }

    private static bool OpensRepository(string key) =>
        key == RepositoryLayout.ConfigKey
        || key.StartsWith(s_keys, StringComparison.Ordinal)
        || key.StartsWith(RepositoryLayout.OwnFolder + "protection/", StringComparison.Ordinal);

    private static bool IsOurs(string key) =>
        OpensRepository(key) || s_content.Any(folder => key.StartsWith(folder, StringComparison.Ordinal));

    // The versions of one file, the latest first.
    private async Task JudgeAsync(
        List<ObjectVersion> versions, List<HiddenObject> hidden, CancellationToken cancellationToken)
    {
        List<ObjectVersion> contents = versions.FindAll(static version => !version.IsDeleteMarker);
        if (contents.Count > 0
            && IsOurs(versions[0].Key)
            && await ChooseAsync(contents, cancellationToken).ConfigureAwait(false) is { } whole
            && versions.IndexOf(whole) is > 0 and int above)
        {
            hidden.Add(new HiddenObject(
                whole.Key, whole.Size, whole.VersionId, [.. versions.Take(above).Select(static version => version.VersionId)]));
        }
    }

    // Files are written once, so that several contents are those of a put that was tried again, or somebody's who tampers.
    // The name tells which is right; the config has none, and its first content is.
    private async Task<ObjectVersion?> ChooseAsync(List<ObjectVersion> contents, CancellationToken cancellationToken)
    {
        if (contents.Count == 1)
        {
            return contents[0];
        }

        string key = contents[0].Key;
        ObjectId expected = ObjectId.TryParse(key.AsSpan(key.LastIndexOf('/') + 1), out ObjectId id)
            ? id : await HashAsync(contents[^1], cancellationToken).ConfigureAwait(false);
        foreach (ObjectVersion version in contents)
        {
            if (await HashAsync(version, cancellationToken).ConfigureAwait(false) == expected)
            {
                return version;
            }
        }

        return null;
    }

    private async Task<ObjectId> HashAsync(ObjectVersion version, CancellationToken cancellationToken) => ObjectId.Hash(
        await ReadAsync(version.Key, version.VersionId, version.Size, cancellationToken).ConfigureAwait(false));

    private async Task<byte[]> ReadAsync(
        string key, string versionId, long size, CancellationToken cancellationToken)
    {
        byte[] content = new byte[size];
        if (size > 0)
        {
            await _retention.ReadVersionAsync(key, versionId, content, cancellationToken).ConfigureAwait(false);
        }

        return content;
    }

    private async Task<UndeleteResult> RestoreContentAsync(
        Repository repository, IReadOnlyList<HiddenObject> hidden, CancellationToken cancellationToken)
    {
        ProtectionLedger ledger = await ProtectionLedger.LoadAsync(repository, _observer, cancellationToken)
            .ConfigureAwait(false);
        HashSet<string> removed = new(ledger.Hidden, StringComparer.Ordinal);

        // A key whose password was changed came back before the ledger could be read.
        foreach (HiddenObject key in hidden.Where(file => OpensRepository(file.Key) && removed.Contains(file.Key)))
        {
            await _store.DeleteAsync(key.Key, cancellationToken).ConfigureAwait(false);
        }

        foreach (string folder in s_content)
        {
            await RestoreAsync(
                hidden.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal) && !removed.Contains(file.Key)),
                cancellationToken).ConfigureAwait(false);
        }

        return new UndeleteResult(
            [.. _restored.Where(file => !removed.Contains(file.Key)).OrderBy(static file => file.Key, StringComparer.Ordinal)],
            [.. _failed.Order(StringComparer.Ordinal)],
            [.. hidden.Select(static file => file.Key).Where(removed.Contains)]);
    }

    private Task RestoreAsync(IEnumerable<HiddenObject> files, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                try
                {
                    await UncoverAsync(file, token).ConfigureAwait(false);
                    _restored.Enqueue(file);
                    _observer.OnProgress(new OperationProgress(
                        "Bringing files back", file.Key, _restored.Count, null, 0, null, "files"));
                }
                catch (BackupException failure)
                {
                    _failed.Enqueue(file.Key);
                    _observer.OnItemFailed(failure);
                }
            });

    // What covers it may be locked itself; then its content is put above that.
    private async Task UncoverAsync(HiddenObject file, CancellationToken cancellationToken)
    {
        try
        {
            foreach (string version in file.Above)
            {
                await _retention.DeleteVersionAsync(file.Key, version, bypassGovernance: false, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.AccessDenied)
        {
            byte[] content = await ReadAsync(file.Key, file.VersionId, file.Size, cancellationToken)
                .ConfigureAwait(false);
            await _store.PutAsync(file.Key, content, cancellationToken).ConfigureAwait(false);
        }
    }
}
