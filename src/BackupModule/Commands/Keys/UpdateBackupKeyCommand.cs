using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Outputs;

namespace BackupModule.Commands.Keys;

/// <summary>
/// Changes the password of the key that the repository is opened with. Given as a reference, the new password's
/// reference is registered in the old one's place.
/// </summary>
[Cmdlet(VerbsData.Update, "BackupKey", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(BackupKeyInfo))]
public sealed class UpdateBackupKeyCommand : LockingRepositoryCommand
{
    /// <summary>The new password, given as <c>-Password</c> is; asked for if left out.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? NewPassword { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        PasswordArgument? password = PasswordArgument.Read(NewPassword);
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        ObjectId old = open.Repository.KeyId;
        string action = $"Change the password of key {open.Repository.KeyId.ShortText}";
        if (!await Pipeline.ConfirmAsync(open.Name, action).ConfigureAwait(false))
        {
            return;
        }

        ObjectId id = await UsePasswordAsync(
            password,
            $"repository {open.Name} from now on",
            isNew: true,
            bytes => RepositoryLock.RunAsync(
                open.Repository,
                new LockOptions(IsExclusive: true, LockWait),
                Clock,
                Pipeline,
                token => new KeyRing(open.Repository).ChangePasswordAsync(bytes, Clock, token),
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
        await RegisterAsync(open, password, cancellationToken).ConfigureAwait(false);
        await RemovedKey.WarnIfLockedAsync(open, old, Pipeline, cancellationToken).ConfigureAwait(false);
        foreach (BackupKeyInfo key in await KeySearch.ListAsync(open, [id.ToString()], Pipeline, cancellationToken)
            .ConfigureAwait(false))
        {
            await Pipeline.WriteAsync(key with { IsCurrent = true }).ConfigureAwait(false);
        }
    }

    private async Task RegisterAsync(
        OpenRepository open, PasswordArgument? password, CancellationToken cancellationToken)
    {
        if (password?.Reference is { } reference)
        {
            await Catalog.UpdateRepositoryAsync(
                open.Name, open.Registered with { PasswordReference = reference.Text }, cancellationToken)
                .ConfigureAwait(false);
        }
        else if (open.Registered.PasswordReference is { } old)
        {
            Pipeline.OnWarning(
                $"The repository '{open.Name}' is still registered with the password reference '{old}'. Put the new "
                + "password there, or register another reference with Set-BackupRepository -Password.");
        }
    }
}
