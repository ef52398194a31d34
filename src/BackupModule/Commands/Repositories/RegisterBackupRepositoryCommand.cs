using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Registers a repository that exists, after proving that the password opens it.</summary>
[Cmdlet(VerbsLifecycle.Register, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(BackupRepositoryInfo))]
public sealed class RegisterBackupRepositoryCommand : RegistrationCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        StoreLocation location = await this.ReadLocationAsync(Pipeline, Location).ConfigureAwait(false);
        PasswordArgument? password = PasswordArgument.Read(Password);
        await RequireFreeNameAsync(Name, cancellationToken).ConfigureAwait(false);
        RegisteredRepository registered = Describe(location, password, default);
        Repository repository = await OpenAsync(registered, password, cancellationToken).ConfigureAwait(false);
        registered = registered with { RepositoryId = repository.Config.Id.ToString() };
        if (await Pipeline.ConfirmAsync(location.Text, $"Register backup repository '{Name}'").ConfigureAwait(false))
        {
            await Catalog.AddRepositoryAsync(registered, cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(BackupRepositoryInfo.From(registered)).ConfigureAwait(false);
        }
    }
}
