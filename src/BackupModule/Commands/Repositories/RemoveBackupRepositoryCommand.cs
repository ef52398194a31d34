using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Storage;

namespace BackupModule.Commands.Repositories;

/// <summary>Destroys a repository with all its backups, and forgets it. Run again, it finishes an interrupted removal.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "BackupRepository", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveBackupRepositoryCommand : LockingNamedRepositoryCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RegisteredRepository registered = await FindRegisteredAsync(Name, cancellationToken).ConfigureAwait(false);
        IObjectStore store = await OpenStoreAsync(registered, cancellationToken).ConfigureAwait(false);
        RepositoryRemover remover = new(store, Pipeline);
        Repository? repository = await OpenUnlessGoneAsync(registered, remover, cancellationToken)
            .ConfigureAwait(false);
        await remover.RefuseLockedAsync(Clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        bool isSure = await Pipeline.ConfirmAsync(
            $"{registered.Name} ({registered.Location})", "Destroy the repository with all its backups")
            .ConfigureAwait(false);
        if (!isSure)
        {
            return;
        }

        if (repository is not null)
        {
            await RepositoryLock.RunAsync(
                repository,
                new LockOptions(IsExclusive: true, LockWait),
                Clock,
                Pipeline,
                async token =>
                {
                    await remover.RemoveContentAsync(token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }

        await remover.RemoveRestAsync(cancellationToken).ConfigureAwait(false);
        await Catalog.RemoveRepositoryAsync(registered.Name, cancellationToken).ConfigureAwait(false);
    }

    // Null where an earlier removal left nothing that a password could open.
    private async Task<Repository?> OpenUnlessGoneAsync(
        RegisteredRepository registered, RepositoryRemover remover, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(registered, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind is BackupErrorKind.KeyDamaged
            or BackupErrorKind.RepositoryForeign)
        {
            if (await remover.IsAlmostGoneAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            throw;
        }
    }
}
