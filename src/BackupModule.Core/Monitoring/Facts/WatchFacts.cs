using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>What status, alerts and metrics are worked out from, as it was at one moment.</summary>
public sealed record WatchFacts
{
    /// <summary>The moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The machine that looks.</summary>
    public required string HostName { get; init; }

    /// <summary>How far back all runs are known.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The policies that have something to back up, by name.</summary>
    public IReadOnlyList<PolicyFacts> Policies { get; init; } = [];

    /// <summary>The policies that cannot be made out, by name, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> BrokenPolicies { get; init; } = new Dictionary<string, string>();

    /// <summary>The registered repositories, by name.</summary>
    public IReadOnlyList<RepositoryWatch> Repositories { get; init; } = [];

    /// <summary>The alerts that are open.</summary>
    public IReadOnlyList<AlertRecord> OpenAlerts { get; init; } = [];

    /// <summary>The start of the window.</summary>
    public DateTimeOffset Since => Now - Window;

    /// <summary>The repository of the registered name, case aside; null where none has it.</summary>
    public RepositoryWatch? FindRepository(string? name) => Repositories.FirstOrDefault(
        repository => string.Equals(repository.Name, name, StringComparison.OrdinalIgnoreCase));
}
