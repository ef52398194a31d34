using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Outputs;

namespace BackupModule.Commands.Keys;

/// <summary>Adds a key: another password that opens the repository.</summary>
[Cmdlet(VerbsCommon.New, "BackupKey", SupportsShouldProcess = true)]
[OutputType(typeof(BackupKeyInfo))]
public sealed class NewBackupKeyCommand : LockingRepositoryCommand
{
    /// <summary>The new key's password, given as <c>-Password</c> is; asked for if left out.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? NewPassword { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        PasswordArgument? password = PasswordArgument.Read(NewPassword);
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!await Pipeline.ConfirmAsync(open.Name, "Add a key").ConfigureAwait(false))
        {
            return;
        }

        ObjectId id = await UsePasswordAsync(
            password,
            "the new key",
            isNew: true,
            bytes => RepositoryLock.RunAsync(
                open.Repository,
                new LockOptions(IsExclusive: false, LockWait),
                Clock,
                Pipeline,
                token => new KeyRing(open.Repository).AddAsync(bytes, Clock, token),
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
        foreach (BackupKeyInfo key in await KeySearch.ListAsync(open, [id.ToString()], Pipeline, cancellationToken)
            .ConfigureAwait(false))
        {
            await Pipeline.WriteAsync(key).ConfigureAwait(false);
        }
    }
}
