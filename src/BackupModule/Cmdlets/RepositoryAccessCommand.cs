using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;
using BackupModule.Core.Replication.Rotation;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that opens repositories with a password.</summary>
public abstract class RepositoryAccessCommand : CatalogCommand
{
    private readonly Dictionary<string, Repository> _open = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The password as SecureString or PSCredential, or where it is found: <c>env:NAME</c>, <c>file:PATH</c>,
    /// <c>command:PROGRAM ARGS</c>, <c>vault:VAULT/NAME</c>. Without it, the registered reference is used, or it is
    /// asked for.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Password { get; set; }

    /// <summary>Opens a registered repository; a second time in the same pipeline it is open already.</summary>
    /// <exception cref="BackupException">See <see cref="Repository.OpenAsync"/>; <c>SecretUnavailable</c>.</exception>
    private protected async Task<Repository> OpenAsync(
        RegisteredRepository registered, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(registered.Name, out Repository? open))
        {
            return open;
        }

        PasswordArgument? password = PasswordArgument.Read(Password ?? registered.PasswordReference);
        Repository repository = await OpenAsync(registered, password, cancellationToken).ConfigureAwait(false);
        await RequireSameAsync(registered, repository, cancellationToken).ConfigureAwait(false);
        return _open[registered.Name] = repository;
    }

    /// <summary>Opens another registered repository than the one that <see cref="Password"/> is for, with the reference
    /// it is registered with; without one, its password is asked for.</summary>
    /// <exception cref="BackupException">See <see cref="Repository.OpenAsync"/>; <c>SecretUnavailable</c>.</exception>
    private protected Task<OpenRepository> OpenOtherAsync(string name, CancellationToken cancellationToken) =>
        OpenForJobAsync(name, usesPassword: false, passwordReference: null, compressionLevel: null, cancellationToken);

    /// <summary>Opens a registered repository for a job.</summary>
    /// <param name="name">The registered name.</param>
    /// <param name="usesPassword">True if <see cref="Password"/> is for it.</param>
    /// <param name="passwordReference">Where its password is found; null for where the registration says.</param>
    /// <param name="compressionLevel">The zstd level for new data; null for what the registration says.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal async Task<OpenRepository> OpenForJobAsync(
        string name,
        bool usesPassword,
        string? passwordReference,
        int? compressionLevel,
        CancellationToken cancellationToken)
    {
        RegisteredRepository registered = await FindRegisteredAsync(name, cancellationToken).ConfigureAwait(false);
        if (!_open.TryGetValue(registered.Name, out Repository? repository))
        {
            RegisteredRepository wanted = registered with
            {
                CompressionLevel = compressionLevel ?? registered.CompressionLevel,
            };
            object? password = (usesPassword ? Password : null) ?? passwordReference ?? registered.PasswordReference;
            repository = await OpenAsync(wanted, PasswordArgument.Read(password), cancellationToken).ConfigureAwait(false);
            registered = await RequireSameAsync(registered, repository, cancellationToken).ConfigureAwait(false);
            _open[registered.Name] = repository;
        }

        return new OpenRepository(registered, repository);
    }

    /// <summary>Opens the repository of a registration with the given password; null to ask for it.</summary>
    private protected Task<Repository> OpenAsync(
        RegisteredRepository registered, PasswordArgument? password, CancellationToken cancellationToken) =>
        UsePasswordAsync(
            password,
            $"repository {registered.Name}",
            isNew: false,
            async bytes => await Repository.OpenAsync(
                await OpenStoreAsync(registered, cancellationToken).ConfigureAwait(false),
                bytes,
                OptionsFor(registered),
                cancellationToken).ConfigureAwait(false),
            cancellationToken);

    /// <summary>The store of a registration.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>, and see <see cref="Stores.Open"/>.</exception>
    private protected Task<IObjectStore> OpenStoreAsync(
        RegisteredRepository registered, CancellationToken cancellationToken) => OpenStoreAsync(
            StoreLocation.Parse(registered.Location, Environment.CurrentDirectory),
            registered.Store,
            cancellationToken,
            new RegisteredLimit(Catalog, registered.Name).ReadAsync);

    /// <summary>The store at a location, with its secrets.</summary>
    private protected async Task<IObjectStore> OpenStoreAsync(
        StoreLocation location,
        StoreSettings settings,
        CancellationToken cancellationToken,
        Func<CancellationToken, Task<BandwidthLimit?>>? lookForLimit = null) => Stores.Open(
            location,
            settings,
            await new StoreSecretReader(new PasswordReader(this, Pipeline)).ReadAsync(settings, cancellationToken)
                .ConfigureAwait(false),
            Clock,
            Pipeline.OnDecision,
            lookForLimit);

    /// <summary>Gives work a password, and wipes it after.</summary>
    private protected async Task<T> UsePasswordAsync<T>(
        PasswordArgument? password,
        string whose,
        bool isNew,
        Func<ReadOnlyMemory<byte>, Task<T>> work,
        CancellationToken cancellationToken)
    {
        using Secret secret = await new PasswordReader(this, Pipeline)
            .ReadAsync(password, whose, isNew, cancellationToken).ConfigureAwait(false);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(secret.Utf8.Length, pinned: true);
        secret.Utf8.CopyTo(bytes);
        try
        {
            return await work(bytes).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private RepositoryOptions OptionsFor(RegisteredRepository registered) => OptionsFor(registered.CompressionLevel) with
    {
        // A repository on a disk is its own cache.
        Cache = registered.Provider == nameof(StoreProvider.Local) ? null : new CacheOptions
        {
            Folder = BackupHome.Locate().CacheFolder,
            Warn = Pipeline.OnWarning,
            Time = Clock,
        },
    };

    /// <summary>The options of a new repository.</summary>
    private protected static RepositoryOptions OptionsFor(int? compressionLevel) => compressionLevel is { } level
        ? new RepositoryOptions { CompressionLevel = level }
        : new RepositoryOptions();

    /// <summary>Fails where a location holds another repository than the one that was registered. One that took its place
    /// when the master key was changed, perhaps on another machine, is registered instead.</summary>
    /// <returns>The registration as it is from then on.</returns>
    private protected async Task<RegisteredRepository> RequireSameAsync(
        RegisteredRepository registered, Repository found, CancellationToken cancellationToken)
    {
        if (!ObjectId.TryParse(registered.RepositoryId, out ObjectId expected) || expected == found.Config.Id)
        {
            return registered;
        }

        if (!await KeyRotation.TookPlaceOfAsync(found, expected, Pipeline, cancellationToken).ConfigureAwait(false))
        {
            throw new BackupException(
                BackupErrorKind.RepositoryForeign,
                $"At {found.Store.Location} is the repository {found.Config.Id.ShortText}, not "
                + $"{expected.ShortText}, which is registered as '{registered.Name}'.",
                "Check the location. To use the other repository, unregister the name and register it again.")
            {
                Subject = registered.Name,
            };
        }

        Pipeline.OnDecision($"The master key of '{registered.Name}' was changed: its repository is {found.Config.Id} now.");
        string id = found.Config.Id.ToString();
        await Catalog.ReplaceRepositoryIdAsync(registered.RepositoryId, id, cancellationToken).ConfigureAwait(false);
        return registered with { RepositoryId = id };
    }
}
