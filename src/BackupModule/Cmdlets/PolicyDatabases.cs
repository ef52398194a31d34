using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Cmdlets;

/// <summary>Finds the database sources of a policy.</summary>
internal static class PolicyDatabases
{
    /// <summary>The sources that match one of the wildcard patterns; all where there is none.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>: the policy has none; <c>InvalidArgument</c>: none has a name without wildcards.
    /// </exception>
    public static IReadOnlyList<DatabaseDefinition> Find(EffectivePolicy policy, IReadOnlyCollection<string> names)
    {
        DatabaseDefinition[] all = [.. policy.Databases];
        if (all.Length == 0)
        {
            throw new BackupException(
                BackupErrorKind.PolicyInvalid,
                $"The policy '{policy.Name}' has no database.",
                $"Give it one: Set-BackupPolicy {policy.Name} -Database (New-BackupDatabase …)")
            {
                Subject = policy.Name,
            };
        }

        foreach (string name in names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)
            && !Array.Exists(all, database => database.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The policy '{policy.Name}' has no database named '{name}'.",
                $"It has: {string.Join(", ", all.Select(static database => database.Name))}.")
            {
                Subject = name,
            };
        }

        WildcardPattern[] patterns = [.. names.Select(static name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        return patterns.Length == 0
            ? all
            : [.. all.Where(database => Array.Exists(patterns, pattern => pattern.IsMatch(database.Name)))];
    }
}
