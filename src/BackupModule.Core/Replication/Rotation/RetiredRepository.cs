using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>
/// Takes a repository that has a successor elsewhere out of use, for stores that cannot exchange two places: its config is
/// put aside, so that no program opens it, and a note says where the successor is.
/// </summary>
internal static class RetiredRepository
{
    private const string ConfigAside = RepositoryLayout.OwnFolder + "replaced/config";

    /// <summary>Retires the repository. The caller holds an exclusive lock on it.</summary>
    public static async Task RetireAsync(
        Repository repository, StoreLocation successor, CancellationToken cancellationToken)
    {
        IObjectStore store = repository.Store;
        byte[] config = await ReadAsync(store, RepositoryLayout.ConfigKey, cancellationToken).ConfigureAwait(false)
            ?? throw new BackupException(
                BackupErrorKind.RepositoryDamaged,
                $"The config of {store.Location} has gone meanwhile.",
                "See who else works on this repository.");
        await store.PutAsync(ConfigAside, config, cancellationToken).ConfigureAwait(false);
        await store.PutAsync(RepositoryLayout.SuccessorKey, Encoding.UTF8.GetBytes(successor.Text), cancellationToken)
            .ConfigureAwait(false);
        await store.DeleteAsync(RepositoryLayout.ConfigKey, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]?> ReadAsync(IObjectStore store, string key, CancellationToken cancellationToken)
    {
        if (await store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is not { } size)
        {
            return null;
        }

        byte[] content = new byte[size];
        await store.ReadAsync(key, 0, content, cancellationToken).ConfigureAwait(false);
        return content;
    }
}
