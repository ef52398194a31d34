using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Monitoring.Facts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Finds what is wrong. The rules are in <c>docs/monitoring.md</c>.</summary>
public static class AlertEvaluator
{
    /// <summary>Everything that is wrong by the facts, and of what that cannot be told: policies that cannot be made out or
    /// that nobody runs, volumes that are not there.</summary>
    public static AlertAssessment Evaluate(WatchFacts facts)
    {
        List<AlertCondition> conditions = [];
        HashSet<AlertKey> undecided = [];
        List<string> undecidedPolicies = [.. facts.BrokenPolicies.Keys];
        foreach (PolicyFacts policy in facts.Policies)
        {
            if (PolicyAlerts.IsIdle(policy, facts))
            {
                undecidedPolicies.Add(policy.Name);
                continue;
            }

            PolicyAlerts alerts = new(policy, facts);
            conditions.AddRange(alerts.Find());
            undecided.UnionWith(alerts.FindUndecided());
        }

        foreach (RepositoryAlerts alerts in facts.Repositories.Select(watch => new RepositoryAlerts(watch, facts)))
        {
            conditions.AddRange(alerts.Find());
            undecided.UnionWith(alerts.FindUndecided());
        }

        return new AlertAssessment(conditions, undecided, undecidedPolicies);
    }
}
