using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Hashing;
using BackupModule.Core.Replication.Rotation;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Storage;
using BackupModule.Outputs;
using BackupModule.Views;

namespace BackupModule.Commands.Keys;

/// <summary>
/// Changes the password of the key that the repository is opened with; given as a reference, the new password's reference
/// is registered in the old one's place. Or changes the master key, which encrypts everything anew.
/// </summary>
[Cmdlet(
    VerbsData.Update,
    "BackupKey",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    DefaultParameterSetName = "Password")]
[OutputType(typeof(BackupKeyInfo), typeof(MasterKeyChangeInfo))]
public sealed class UpdateBackupKeyCommand : LockingRepositoryCommand
{
    /// <summary>The new password, given as <c>-Password</c> is; asked for if left out.</summary>
    [Parameter(ParameterSetName = "Password")]
    [ValidateNotNull]
    public object? NewPassword { get; set; }

    /// <summary>Changes the master key: a repository with a new one takes the place of this one. Run again, it goes on
    /// where it was interrupted.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "MasterKey")]
    [Parameter(Mandatory = true, ParameterSetName = "Abandon")]
    public SwitchParameter MasterKey { get; set; }

    /// <summary>Removes the old repository, once the new one has taken its place.</summary>
    [Parameter(ParameterSetName = "MasterKey")]
    public SwitchParameter RemoveOld { get; set; }

    /// <summary>Gives up a change of the master key that was interrupted: the repository stays as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Abandon")]
    public SwitchParameter Abandon { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        MasterKey ? ChangeMasterKeyAsync(cancellationToken) : ChangePasswordAsync(cancellationToken);

    private async Task ChangeMasterKeyAsync(CancellationToken cancellationToken)
    {
        RegisteredRepository registered = await FindRegisteredAsync(RepositoryName, cancellationToken).ConfigureAwait(false);
        StoreLocation location = StoreLocation.Parse(registered.Location, Environment.CurrentDirectory);
        if (KeyRotation.FinishExchange(location))
        {
            Pipeline.OnWarning($"An interrupted exchange of folders was finished at {location}.");
        }

        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        KeyRotation rotation = new(
            open.Repository,
            location,
            other => OpenStoreAsync(other, registered.Store, cancellationToken),
            Clock,
            Pipeline);
        if (Abandon)
        {
            await AbandonAsync(open, rotation, cancellationToken).ConfigureAwait(false);
            return;
        }

        RotationPlan plan = await rotation.PlanAsync(cancellationToken).ConfigureAwait(false);
        string action = $"{(plan.IsBegun ? "Go on with changing" : "Change")} the master key: encrypt "
            + $"{HumanText.Count(plan.Backups, "backup")}, {HumanText.Size(plan.Bytes)}, anew into {plan.Target}, verify them, and put that in the place of the old";
        if (!await Pipeline.ConfirmAsync(open.Name, action).ConfigureAwait(false))
        {
            return;
        }

        RotationResult result = await UsePasswordAsync(
            PasswordArgument.Read(Password ?? registered.PasswordReference),
            $"repository {open.Name}",
            isNew: false,
            bytes => rotation.RunAsync(bytes, LockWait, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        string id = result.RepositoryId.ToString();
        await Catalog.UpdateRepositoryAsync(
            open.Name, open.Registered with { Location = result.Location, RepositoryId = id }, cancellationToken)
            .ConfigureAwait(false);
        await Catalog.ReplaceRepositoryIdAsync(open.Repository.Config.Id.ToString(), id, cancellationToken)
            .ConfigureAwait(false);
        if (result.Plan.OtherKeys.Count > 0)
        {
            Pipeline.OnWarning(
                $"{result.Plan.OtherKeys.Count} other keys were left out, because their passwords are not known here. Add them "
                + "again with New-BackupKey.");
        }

        if (RemoveOld)
        {
            await rotation.RemoveOldAsync(result, cancellationToken).ConfigureAwait(false);
        }

        await Pipeline.WriteAsync(MasterKeyChangeInfo.From(result, open.Name, RemoveOld)).ConfigureAwait(false);
    }

    private async Task AbandonAsync(
        OpenRepository open, KeyRotation rotation, CancellationToken cancellationToken)
    {
        if (await Pipeline.ConfirmAsync(open.Name, "Give up the change of the master key").ConfigureAwait(false)
            && !await rotation.AbandonAsync(cancellationToken).ConfigureAwait(false))
        {
            Pipeline.OnWarning($"No change of the master key was begun in '{open.Name}'.");
        }
    }

    private async Task ChangePasswordAsync(CancellationToken cancellationToken)
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
