namespace BackupModule.Outputs;

/// <summary>Where the catalog is and what it holds.</summary>
public sealed record BackupCatalogInfo
{
    /// <summary>The file, or the address of the server without a password.</summary>
    public required string Location { get; init; }

    /// <summary><c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Registered repositories.</summary>
    public int Repositories { get; init; }

    /// <summary>Policies.</summary>
    public int Policies { get; init; }

    /// <summary>Notification channels.</summary>
    public int Notifications { get; init; }

    /// <summary>Runs in the history.</summary>
    public int Runs { get; init; }

    /// <summary>Alerts that are open.</summary>
    public int OpenAlerts { get; init; }
}
