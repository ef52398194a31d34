using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>What is wrong at the moment, and of what that cannot be told.</summary>
/// <param name="Conditions">What is wrong.</param>
/// <param name="Undecided">Of what it cannot be told: its alerts stay as they are.</param>
/// <param name="UndecidedPolicies">The policies of which nothing can be told.</param>
public sealed record AlertAssessment(
    IReadOnlyList<AlertCondition> Conditions,
    IReadOnlySet<AlertKey> Undecided,
    IReadOnlyList<string> UndecidedPolicies)
{
    /// <summary>True if it cannot be told whether what an alert says still holds.</summary>
    public bool IsUndecided(AlertRecord alert) =>
        Undecided.Contains(AlertKey.Of(alert))
        || UndecidedPolicies.Contains(alert.PolicyName, StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with a policy itself.</summary>
    public IEnumerable<AlertCondition> OfPolicy(string name) => Conditions.Where(
        condition => string.Equals(condition.PolicyName, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is wrong with a repository, whatever policy uses it.</summary>
    public IEnumerable<AlertCondition> OfRepository(string name) => Conditions.Where(
        condition => condition.PolicyName is null
            && string.Equals(condition.Subject, name, StringComparison.OrdinalIgnoreCase));
}
