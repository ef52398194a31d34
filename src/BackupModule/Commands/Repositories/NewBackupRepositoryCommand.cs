using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Creates a repository and registers it.</summary>
[Cmdlet(VerbsCommon.New, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(BackupRepositoryInfo))]
public sealed class NewBackupRepositoryCommand : RegistrationCommand
{
    /// <summary>A registered repository whose way of cutting files is taken over, so that backups copied between the
    /// two share their chunks; the one of <c>-CopyOf</c> if not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? ChunkerFrom { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        StoreLocation location = await this.ReadLocationAsync(Pipeline, Location).ConfigureAwait(false);
        PasswordArgument? password = PasswordArgument.Read(Password);
        StoreSettings settings = Change(StoreSettings.Default);
        IObjectStore store = await OpenStoreAsync(location, settings, cancellationToken).ConfigureAwait(false);
        await RequireLocksAsync(store, cancellationToken).ConfigureAwait(false);
        await RequireFreeNameAsync(Name, cancellationToken).ConfigureAwait(false);
        RegisteredRepository registered = await DescribeAsync(location, settings, password, default, cancellationToken)
            .ConfigureAwait(false);
        if (!await Pipeline.ConfirmAsync(location.Text, $"Create backup repository '{Name}'").ConfigureAwait(false))
        {
            return;
        }

        RabinPolynomial? polynomial = await ReadPolynomialAsync(cancellationToken).ConfigureAwait(false);
        Repository repository = await UsePasswordAsync(
            password,
            $"new repository {Name}",
            isNew: true,
            bytes => Repository.CreateAsync(
                store, bytes, polynomial, OptionsFor(CompressionLevel), Clock, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        Pipeline.OnDecision($"Created the repository {repository.Config.Id} at {location}.");
        registered = registered with { RepositoryId = repository.Config.Id.ToString() };
        await AddAsync(registered, cancellationToken).ConfigureAwait(false);
        await Pipeline.WriteAsync(BackupRepositoryInfo.From(registered)).ConfigureAwait(false);
    }

    private async Task<RabinPolynomial?> ReadPolynomialAsync(CancellationToken cancellationToken)
    {
        string? name = ChunkerFrom ?? (string.IsNullOrEmpty(CopyOf) ? null : CopyOf);
        return name is null
            ? null
            : (await OpenOtherAsync(name, cancellationToken).ConfigureAwait(false)).Repository.Config.Polynomial;
    }

    // The repository is there by now; whoever reads the error must know.
    private async Task AddAsync(RegisteredRepository registered, CancellationToken cancellationToken)
    {
        try
        {
            await Catalog.AddRepositoryAsync(registered, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            throw new BackupException(
                failure.Kind,
                $"The repository was created at {registered.Location}, but could not be registered: {failure.Message}",
                $"{failure.Guidance} Then attach the repository with Register-BackupRepository.",
                failure)
            {
                Subject = registered.Name,
            };
        }
    }
}
