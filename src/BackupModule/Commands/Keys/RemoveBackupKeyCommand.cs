using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Outputs;

namespace BackupModule.Commands.Keys;

/// <summary>Removes keys: their passwords open the repository no more.</summary>
[Cmdlet(VerbsCommon.Remove, "BackupKey", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveBackupKeyCommand : LockingRepositoryCommand
{
    /// <summary>Ids or starts of ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] KeyId { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        foreach (BackupKeyInfo key in await KeySearch.ListAsync(open, KeyId, Pipeline, cancellationToken)
            .ConfigureAwait(false))
        {
            string target = $"{key.ShortId} of {key.UserName} on {key.HostName} in {open.Name}";
            if (await Pipeline.ConfirmAsync(target, "Remove the key").ConfigureAwait(false))
            {
                await RepositoryLock.RunAsync(
                    open.Repository,
                    new LockOptions(IsExclusive: true, LockWait),
                    Clock,
                    Pipeline,
                    token => RemoveAsync(open, key, token),
                    cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> RemoveAsync(
        OpenRepository open, BackupKeyInfo key, CancellationToken cancellationToken)
    {
        ObjectId id = ObjectId.Parse(key.KeyId);
        await new KeyRing(open.Repository).RemoveAsync(id, cancellationToken).ConfigureAwait(false);
        await RemovedKey.WarnIfLockedAsync(open, id, Pipeline, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
