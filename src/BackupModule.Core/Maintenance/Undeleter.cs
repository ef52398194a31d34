using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Brings back files of a repository that somebody deleted in a bucket that keeps versions: a plain delete there only sets
/// a marker that hides them. What we removed ourselves stays removed, as far as the ledger tells.
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

    /// <summary>Finds the hidden files. Changes nothing.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task<IReadOnlyList<HiddenObject>> FindAsync(CancellationToken cancellationToken)
    {
        List<HiddenObject> hidden = [];
        string? key = null;
        List<string> markers = [];
        await foreach (ObjectVersion version in _retention.ListVersionsAsync(string.Empty, cancellationToken)
            .ConfigureAwait(false))
        {
            if (version.Key != key)
            {
                key = version.Key;
                markers = [];
            }
            else if (markers.Count == 0)
            {
                // Older versions of what is there, or was found.
                continue;
            }

            if (version.IsDeleteMarker)
            {
                markers.Add(version.VersionId);
            }
            else if (markers.Count > 0)
            {
                if (IsOurs(key))
                {
                    hidden.Add(new HiddenObject(key, version.Size, markers));
                }

                markers = [];
            }
        }

        return hidden;
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
        || key.StartsWith("backupmodule/protection/", StringComparison.Ordinal);

    private static bool IsOurs(string key) =>
        OpensRepository(key) || s_content.Any(folder => key.StartsWith(folder, StringComparison.Ordinal));

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
                    foreach (string marker in file.Markers)
                    {
                        await _retention.DeleteVersionAsync(file.Key, marker, bypassGovernance: false, token)
                            .ConfigureAwait(false);
                    }

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
}
