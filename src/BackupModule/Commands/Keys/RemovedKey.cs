using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;

namespace BackupModule.Commands.Keys;

/// <summary>What is left of a key that was removed.</summary>
internal static class RemovedKey
{
    /// <summary>Warns where the store has locked the key's file, so that it could only be hidden.</summary>
    public static async Task WarnIfLockedAsync(
        OpenRepository open, ObjectId key, IBackupObserver observer, CancellationToken cancellationToken)
    {
        if (open.Repository.Retention is { } retention
            && await retention.ListVersionsAsync(RepositoryLayout.KeyOf(FileKind.Key, key), cancellationToken)
                .AnyAsync(static version => !version.IsDeleteMarker, cancellationToken).ConfigureAwait(false))
        {
            observer.OnWarning(
                $"The file of the key {key.ShortText} is locked in the bucket and could only be hidden: until its lock ends, "
                + "its password opens the repository for whoever may read old versions. Take that right from them.");
        }
    }
}
