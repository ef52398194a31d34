using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Maintenance;

/// <summary>
/// Destroys a repository: its own files and folders, and nothing else that stands beside them.
/// </summary>
/// <remarks>
/// Snapshots go first, so that no backup is ever listed whose data is gone; keys and config go last, so that an
/// interrupted removal still opens with the password and can be run again.
/// </remarks>
public sealed class RepositoryRemover(IObjectStore store, IBackupObserver observer)
{
    private const string TemporaryMark = "-tmp-";
    private const int DeletionsAtOnce = 8;

    private static readonly string[] s_content =
    [
        RepositoryLayout.FolderOf(FileKind.Snapshot),
        RepositoryLayout.FolderOf(FileKind.Index),
        RepositoryLayout.FolderOf(FileKind.Pack),
        RepositoryLayout.OwnFolder,
    ];

    private long _deleted;

    /// <summary>Fails while the store keeps files of the repository from being deleted: to remove it would only hide it.
    /// </summary>
    /// <exception cref="BackupException"><c>ObjectLocked</c>, with the end of the locks.</exception>
    public async Task RefuseLockedAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Every backup needs the config, so its lock ends with the last.
        if (store.Retention() is { } retention
            && await retention.GetAsync(RepositoryLayout.ConfigKey, cancellationToken).ConfigureAwait(false) is { } config
            && config.IsLockedAt(now))
        {
            throw new BackupException(
                BackupErrorKind.ObjectLocked,
                config.HasLegalHold
                    ? $"The repository at {store.Location} is under a legal hold. Nothing was removed."
                    : $"The repository at {store.Location} is locked until {config.Until:u}. Nothing was removed.",
                "Remove it after that. Unregister-BackupRepository makes this machine forget it meanwhile.")
            {
                Subject = store.Location,
            };
        }
    }

    /// <summary>Removes backups, index, packs and our own records. The caller holds an exclusive lock.</summary>
    public async Task RemoveContentAsync(CancellationToken cancellationToken)
    {
        foreach (string folder in s_content)
        {
            await RemoveFolderAsync(folder, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what is left: locks, keys, config, and the empty folders.</summary>
    public async Task RemoveRestAsync(CancellationToken cancellationToken)
    {
        await RemoveFolderAsync(RepositoryLayout.FolderOf(FileKind.Lock), cancellationToken).ConfigureAwait(false);
        await RemoveFolderAsync(RepositoryLayout.FolderOf(FileKind.Key), cancellationToken).ConfigureAwait(false);
        await store.DeleteAsync(RepositoryLayout.ConfigKey, cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(store.Location))
        {
            RemoveEmptyFolders(store.Location);
        }
    }

    /// <summary>True if nothing of value is left: an earlier removal got to the keys.</summary>
    public async Task<bool> IsAlmostGoneAsync(CancellationToken cancellationToken)
    {
        foreach (string folder in (string[])[.. s_content, RepositoryLayout.FolderOf(FileKind.Key)])
        {
            await foreach (StoredObject _ in store.ListAsync(folder, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    private Task RemoveFolderAsync(string folder, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        store.ListAsync(folder, cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = DeletionsAtOnce, CancellationToken = cancellationToken },
        async (item, token) =>
        {
            await store.DeleteAsync(item.Key, token).ConfigureAwait(false);
            observer.OnProgress(new OperationProgress(
                "Removing the repository", item.Key, Interlocked.Increment(ref _deleted), null, 0, null));
        });

    // Stores know no folders, but on a disk they would stay. What is not ours keeps its folder in place.
    private static void RemoveEmptyFolders(string root)
    {
        string records = Path.Combine(root, RepositoryLayout.OwnFolder.TrimEnd('/'));
        List<string> folders = [records, .. RepositoryLayout.Folders.Select(name => Path.Combine(root, name))];
        if (Directory.Exists(records))
        {
            folders.AddRange(Directory.EnumerateDirectories(records, "*", SearchOption.AllDirectories));
        }

        folders.Sort(static (a, b) => b.Length.CompareTo(a.Length));
        foreach (string folder in folders)
        {
            if (Directory.Exists(folder))
            {
                RemoveUnfinishedFiles(folder);
                RemoveIfEmpty(folder);
            }
        }

        RemoveIfEmpty(root);
    }

    private static void RemoveUnfinishedFiles(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*" + TemporaryMark + "*"))
        {
            File.Delete(file);
        }
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It holds something of others, or is a mount point.
        }
    }
}
