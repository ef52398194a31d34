using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;

namespace BackupModule.Core.Replication;

/// <summary>Proves that packs arrived whole. It asks the store itself, not copies on the local disk.</summary>
internal sealed class ArrivalCheck(Repository destination, ArrivalProof proof)
{
    /// <summary>Proves a pack that the store has taken.</summary>
    /// <exception cref="BackupException"><c>VerificationFailed</c>, or a failure of the store.</exception>
    public async Task ProveAsync(FinishedPack pack, CancellationToken cancellationToken)
    {
        string? fault = proof == ArrivalProof.ReadBack
            ? await ReadBackAsync(pack, cancellationToken).ConfigureAwait(false)
            : await CompareSizeAsync(pack, cancellationToken).ConfigureAwait(false);
        if (fault is not null)
        {
            throw new BackupException(
                BackupErrorKind.VerificationFailed,
                $"The pack {pack.Id.ShortText} did not arrive whole at {destination.Store.Location}: {fault}",
                "Check the disk or the network there. No index names this pack; run the command again to copy what is "
                + "missing.")
            {
                Subject = pack.Id.ToString(),
            };
        }
    }

    private async Task<string?> ReadBackAsync(FinishedPack pack, CancellationToken cancellationToken)
    {
        try
        {
            using PooledFile file = await PooledFile.ReadAsync(
                destination.Store, FileKind.Pack, pack.Id, pack.Content.Length, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (BackupException failure) when (failure.Kind is BackupErrorKind.PackDamaged
            or BackupErrorKind.StorageObjectNotFound)
        {
            return failure.Message;
        }
    }

    private async Task<string?> CompareSizeAsync(FinishedPack pack, CancellationToken cancellationToken)
    {
        long? size = await destination.Store
            .GetSizeAsync(RepositoryLayout.KeyOf(FileKind.Pack, pack.Id), cancellationToken).ConfigureAwait(false);
        return size == pack.Content.Length ? null
            : size is null ? "it is not there."
            : $"it has {size} bytes instead of {pack.Content.Length}.";
    }
}
