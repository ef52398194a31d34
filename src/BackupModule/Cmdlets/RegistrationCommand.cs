using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Core.Catalog;
using BackupModule.Core.Hashing;
using BackupModule.Core.Storage;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that puts a repository into the catalog.</summary>
public abstract class RegistrationCommand : ReplicaSettingsCommand
{
    /// <summary>The name to register it under.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RepositoryName", "Repository")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>Where it is: a folder on a local or mounted disk, <c>s3://BUCKET/PREFIX</c> or <c>gs://BUCKET/PREFIX</c>.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Location { get; set; } = string.Empty;

    /// <summary>The zstd level of new data, 1 to 22; 0 stores files uncompressed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, 22)]
    public int? CompressionLevel { get; set; }

    /// <summary>What the catalog will say of the repository.</summary>
    private protected Task<RegisteredRepository> DescribeAsync(
        StoreLocation location,
        StoreSettings settings,
        PasswordArgument? password,
        ObjectId repositoryId,
        CancellationToken cancellationToken) => DescribeReplicaAsync(
            new RegisteredRepository
            {
                Name = Name,
                Location = location.Text,
                Provider = settings.ProviderAt(location).ToString(),
                Store = settings,
                RepositoryId = repositoryId.ToString(),
                PasswordReference = password?.Reference?.Text,
                CompressionLevel = CompressionLevel,
                RegisteredAt = Clock.GetLocalNow(),
            },
            cancellationToken);
}
