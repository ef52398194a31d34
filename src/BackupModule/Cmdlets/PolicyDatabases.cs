using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Cmdlets;

/// <summary>Finds the database sources of a policy.</summary>
internal static class PolicyDatabases
{
    /// <summary>The sources with one of the names; all where none is named.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>: the policy has none; <c>InvalidArgument</c>: none has the name.
    /// </exception>
    public static IReadOnlyList<DatabaseDefinition> Find(EffectivePolicy policy, IReadOnlyCollection<string> names)
    {
        DatabaseDefinition[] all = [.. policy.Components.SelectMany(static component => component.Databases)];
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

        foreach (string name in names)
        {
            if (!Array.Exists(all, database => database.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new BackupException(
                    BackupErrorKind.InvalidArgument,
                    $"The policy '{policy.Name}' has no database named '{name}'.",
                    $"It has: {string.Join(", ", all.Select(static database => database.Name))}.")
                {
                    Subject = name,
                };
            }
        }

        return names.Count == 0
            ? all
            : [.. all.Where(database => names.Contains(database.Name, StringComparer.OrdinalIgnoreCase))];
    }
}
