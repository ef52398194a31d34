using BackupModule.Core.Jobs.Records;

namespace BackupModule.Outputs;

/// <summary>What a repository brought back into the catalog.</summary>
public sealed record CatalogUpdateInfo
{
    /// <summary>The repository.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The machine whose settings were taken; null where the repository has none.</summary>
    public string? HostName { get; init; }

    /// <summary>Repositories that were registered.</summary>
    public int Repositories { get; init; }

    /// <summary>Policies that were added.</summary>
    public int Policies { get; init; }

    /// <summary>Notification channels that were added.</summary>
    public int Notifications { get; init; }

    /// <summary>Runs that were added.</summary>
    public int Runs { get; init; }

    /// <summary>Alerts that were added.</summary>
    public int Alerts { get; init; }

    internal static CatalogUpdateInfo From(CatalogRebuild result) => new()
    {
        RepositoryName = result.RepositoryName,
        HostName = result.HostName,
        Repositories = result.Repositories,
        Policies = result.Policies,
        Notifications = result.Channels,
        Runs = result.Runs,
        Alerts = result.Alerts,
    };
}
