using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Storage;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that says how a repository's store is reached.</summary>
public abstract class StoreSettingsCommand : RepositoryAccessCommand
{
    /// <summary>Who keeps the objects of an <c>s3:</c> location; Amazon if not given, or any server at <c>-Endpoint</c>.
    /// </summary>
    [Parameter]
    public StoreProvider? Provider { get; set; }

    /// <summary>The address of an S3 or Google server, where it is not the provider's own.</summary>
    [Parameter]
    public Uri? Endpoint { get; set; }

    /// <summary>The region of the bucket, e.g. <c>eu-central-1</c>.</summary>
    [Parameter]
    public string? Region { get; set; }

    /// <summary>Where requests name the bucket, where the provider's usual way does not do.</summary>
    [Parameter]
    public StoreAddressing? Addressing { get; set; }

    /// <summary>The profile of the provider's credential files (for Amazon: <c>~/.aws</c>).</summary>
    [Parameter]
    public string? CredentialProfile { get; set; }

    /// <summary>The id of the access key.</summary>
    [Parameter]
    public string? AccessKeyId { get; set; }

    /// <summary>Where the secret access key is found: <c>env:NAME</c>, <c>file:PATH</c>, <c>command:PROGRAM ARGS</c> or
    /// <c>vault:VAULT/NAME</c>.</summary>
    [Parameter]
    public string? SecretKey { get; set; }

    /// <summary>The JSON file of a Google service account or of a workload identity.</summary>
    [Parameter]
    public string? CredentialFile { get; set; }

    /// <summary>Sends no credentials: for public buckets and emulators.</summary>
    [Parameter]
    public SwitchParameter Anonymous { get; set; }

    /// <summary>The proxy for all requests to the store.</summary>
    [Parameter]
    public Uri? Proxy { get; set; }

    /// <summary>A PEM file of certificate authorities to trust besides the system's.</summary>
    [Parameter]
    public string? CertificateAuthority { get; set; }

    /// <summary>The storage class of packs with file contents, e.g. <c>STANDARD_IA</c>.</summary>
    [Parameter]
    public string? StorageClass { get; set; }

    /// <summary>Encryption by the provider, beside the repository's own.</summary>
    [Parameter]
    public StoreEncryption? Encryption { get; set; }

    /// <summary>The id of the provider's key, for <c>-Encryption ManagedKey</c>.</summary>
    [Parameter]
    public string? EncryptionKeyId { get; set; }

    /// <summary>Where the key of <c>-Encryption CustomerKey</c> is found: a reference to 32 bytes as base64.</summary>
    [Parameter]
    public string? EncryptionKey { get; set; }

    /// <summary>The most traffic a second, or by the time of day: <c>08:00-18:00=5MB;otherwise=unlimited</c>.</summary>
    [Parameter]
    public string? BandwidthLimit { get; set; }

    /// <summary>How strictly objects are locked against deletion, in buckets that have object lock; <c>None</c> to lock no
    /// more of them.</summary>
    [Parameter]
    public StoreLockMode? LockMode { get; set; }

    /// <summary>How long everything that a backup needs is locked, e.g. <c>30d</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan? LockFor { get; set; }

    /// <summary>What the parameters that were given make of settings. An empty text takes a setting back.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    private protected StoreSettings Change(StoreSettings settings) => settings with
    {
        Provider = Provider ?? settings.Provider,
        Endpoint = Endpoint ?? settings.Endpoint,
        Region = Changed(Region, settings.Region),
        Addressing = Addressing ?? settings.Addressing,
        Profile = Changed(CredentialProfile, settings.Profile),
        AccessKeyId = Changed(AccessKeyId, settings.AccessKeyId),
        SecretKeyReference = ChangedReference(SecretKey, settings.SecretKeyReference),
        CredentialFile = ChangedFile(CredentialFile, settings.CredentialFile),
        IsAnonymous = MyInvocation.BoundParameters.ContainsKey(nameof(Anonymous)) ? Anonymous : settings.IsAnonymous,
        Proxy = Proxy ?? settings.Proxy,
        AuthorityFile = ChangedFile(CertificateAuthority, settings.AuthorityFile),
        StorageClass = Changed(StorageClass, settings.StorageClass),
        Encryption = Encryption ?? settings.Encryption,
        EncryptionKeyId = Changed(EncryptionKeyId, settings.EncryptionKeyId),
        EncryptionKeyReference = ChangedReference(EncryptionKey, settings.EncryptionKeyReference),
        BandwidthLimit = ChangedLimit(settings.BandwidthLimit),
        LockMode = LockMode ?? settings.LockMode,
        LockFor = LockMode == StoreLockMode.None ? null : LockFor ?? settings.LockFor,
    };

    /// <summary>Fails where settings ask for locks and the bucket has none.</summary>
    /// <exception cref="BackupException"><c>StorageUnsupported</c>, with what to do.</exception>
    private protected static Task RequireLocksAsync(IObjectStore store, CancellationToken cancellationToken) =>
        store.Retention() is { Policy: not null } retention
            ? retention.RequireSupportAsync(cancellationToken) : Task.CompletedTask;

    private static string? Changed(string? given, string? old) => given is null ? old : given.Length > 0 ? given : null;

    private static string? ChangedReference(string? given, string? old) =>
        string.IsNullOrEmpty(given) ? Changed(given, old) : SecretReference.Parse(given).Text;

    private string? ChangedLimit(string? old) => string.IsNullOrEmpty(BandwidthLimit)
        ? Changed(BandwidthLimit, old)
        : Core.Storage.Decorators.BandwidthLimit.Parse(BandwidthLimit).Text;

    private string? ChangedFile(string? given, string? old) =>
        string.IsNullOrEmpty(given) ? Changed(given, old) : FilePaths.Resolve(this, given);
}
