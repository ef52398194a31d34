namespace BackupModule.Core.Jobs.Records;

/// <summary>What a repository brought back into a catalog.</summary>
public sealed record CatalogRebuild
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
    public int Channels { get; init; }

    /// <summary>Runs that were added.</summary>
    public int Runs { get; init; }

    /// <summary>Alerts that were added.</summary>
    public int Alerts { get; init; }
}
