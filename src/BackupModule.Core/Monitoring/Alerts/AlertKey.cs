using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>What there is one open alert of. The names' case makes no difference.</summary>
public readonly record struct AlertKey
{
    /// <summary>A key.</summary>
    public AlertKey(AlertKind kind, string? policyName, string? subject)
    {
        Kind = kind;
        PolicyName = policyName?.ToUpperInvariant();
        Subject = subject?.ToUpperInvariant();
    }

    /// <summary>What it is about.</summary>
    public AlertKind Kind { get; }

    /// <summary>The policy, in upper case; null for a repository alone.</summary>
    public string? PolicyName { get; }

    /// <summary>What of the policy, in upper case.</summary>
    public string? Subject { get; }

    /// <summary>The key of an alert.</summary>
    public static AlertKey Of(AlertRecord alert) => new(alert.Kind, alert.PolicyName, alert.Subject);
}
