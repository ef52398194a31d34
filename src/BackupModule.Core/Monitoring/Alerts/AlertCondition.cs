using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Something that is wrong at the moment.</summary>
public sealed record AlertCondition
{
    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>The policy; null for a repository alone.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The repository or the schedule's entry; null for the policy itself.</summary>
    public string? Subject { get; init; }

    /// <summary>What is wrong, with figures.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Guidance { get; init; }

    /// <summary>What there is one open alert of.</summary>
    public AlertKey Key => new(Kind, PolicyName, Subject);
}
