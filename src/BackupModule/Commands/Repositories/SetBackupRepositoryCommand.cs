using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>
/// Changes how a repository is registered. A new location or password reference is proved by opening the repository
/// with it. <c>-Password</c> is the new reference here.
/// </summary>
[Cmdlet(VerbsCommon.Set, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(BackupRepositoryInfo))]
public sealed class SetBackupRepositoryCommand : ReplicaSettingsCommand
{
    /// <summary>The repository's registered name; may be left out where just one is registered.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RepositoryName", "Repository")]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? Name { get; set; }

    /// <summary>The name it gets.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>Where it is now.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Location { get; set; }

    /// <summary>The zstd level of new data, 1 to 22; 0 stores files uncompressed.</summary>
    [Parameter]
    [ValidateRange(0, 22)]
    public int? CompressionLevel { get; set; }

    /// <summary>Refuses every change of the repository from this machine; <c>-ReadOnly:$false</c> allows them again.
    /// </summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>Writes the changed registration.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RegisteredRepository old = await FindRegisteredAsync(Name, cancellationToken).ConfigureAwait(false);
        RegisteredRepository changed = await DescribeReplicaAsync(
            await ChangeAsync(old).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (changed.Location != old.Location || changed.Store != old.Store || changed.PasswordReference != old.PasswordReference)
        {
            Repository repository = await OpenAsync(
                changed, PasswordArgument.Read(changed.PasswordReference), cancellationToken).ConfigureAwait(false);
            changed = await RequireSameAsync(changed, repository, cancellationToken).ConfigureAwait(false);
            await RequireLocksAsync(repository.Store, cancellationToken).ConfigureAwait(false);
        }

        if (!await Pipeline.ConfirmAsync(old.Name, "Change the registration").ConfigureAwait(false))
        {
            return;
        }

        await Catalog.UpdateRepositoryAsync(old.Name, changed, cancellationToken).ConfigureAwait(false);
        if (PassThru)
        {
            await Pipeline.WriteAsync(BackupRepositoryInfo.From(changed)).ConfigureAwait(false);
        }
    }

    private async Task<RegisteredRepository> ChangeAsync(RegisteredRepository old)
    {
        RegisteredRepository changed = old with
        {
            Name = NewName ?? old.Name,
            CompressionLevel = CompressionLevel ?? old.CompressionLevel,
            Store = Change(old.Store) with
            {
                IsReadOnly = MyInvocation.BoundParameters.ContainsKey(nameof(ReadOnly)) ? ReadOnly : old.Store.IsReadOnly,
            },
        };
        if (Location is not null)
        {
            StoreLocation moved = await this.ReadLocationAsync(Pipeline, Location).ConfigureAwait(false);
            changed = changed with { Location = moved.Text };
        }

        StoreLocation location = StoreLocation.Parse(changed.Location, Environment.CurrentDirectory);
        changed = changed with { Provider = changed.Store.ProviderAt(location).ToString() };

        return PasswordArgument.Read(Password) switch
        {
            null => changed,
            { Reference: { } reference } => changed with { PasswordReference = reference.Text },
            _ => throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "A password itself is never stored.",
                "Give a reference such as env:NAME or file:PATH. Update-BackupKey changes the password."),
        };
    }
}
