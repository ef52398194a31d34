using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Registers a repository that exists, after proving that the password opens it.</summary>
[Cmdlet(VerbsLifecycle.Register, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(BackupRepositoryInfo))]
public sealed class RegisterBackupRepositoryCommand : RegistrationCommand
{
    /// <summary>Refuses every change of the repository from this machine: for one that is only to be read and restored
    /// from.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        StoreLocation location = await this.ReadLocationAsync(Pipeline, Location).ConfigureAwait(false);
        PasswordArgument? password = PasswordArgument.Read(Password);
        await RequireFreeNameAsync(Name, cancellationToken).ConfigureAwait(false);
        await RequireNewLocationAsync(location.Text, cancellationToken).ConfigureAwait(false);
        RegisteredRepository registered = await DescribeAsync(
            location, Change(StoreSettings.Default) with { IsReadOnly = ReadOnly }, password, default, cancellationToken).ConfigureAwait(false);
        Repository repository = await OpenAsync(registered, password, cancellationToken).ConfigureAwait(false);
        await RequireLocksAsync(repository.Store, cancellationToken).ConfigureAwait(false);
        registered = registered with { RepositoryId = repository.Config.Id.ToString() };
        if (await Pipeline.ConfirmAsync(location.Text, $"Register backup repository '{Name}'").ConfigureAwait(false))
        {
            await Catalog.AddRepositoryAsync(registered, cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(BackupRepositoryInfo.From(registered)).ConfigureAwait(false);
        }
    }

    // With two names for one place, a removal under the one would leave the other pointing at nothing.
    private async Task RequireNewLocationAsync(string location, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> all = await Catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        if (all.FirstOrDefault(repository => repository.Location == location) is { } known)
        {
            throw new BackupException(
                BackupErrorKind.RepositoryExists,
                $"The repository at {location} is registered already, as '{known.Name}'.",
                "Use that name, or change it with Set-BackupRepository -NewName.")
            {
                Subject = known.Name,
            };
        }
    }
}
