using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Policies;

/// <summary>A policy with everything that it inherits.</summary>
public sealed class EffectivePolicy
{
    /// <summary>Names the parts; <see cref="PolicyResolver"/> makes them.</summary>
    internal EffectivePolicy(
        BackupPolicy policy, PolicySettings merged, IReadOnlyList<string> chain, IReadOnlyList<EffectiveSetting> settings)
    {
        Policy = policy;
        Merged = merged;
        Chain = chain;
        Settings = settings;
    }

    /// <summary>The policy itself.</summary>
    public BackupPolicy Policy { get; }

    /// <summary>Its name.</summary>
    public string Name => Policy.Name;

    /// <summary>The policies that were looked at, this one first.</summary>
    public IReadOnlyList<string> Chain { get; }

    /// <summary>Each setting and where it is from.</summary>
    public IReadOnlyList<EffectiveSetting> Settings { get; }

    /// <summary>The settings as they hold.</summary>
    public PolicySettings Merged { get; }

    /// <summary>False to keep the schedule from running it.</summary>
    public bool IsEnabled => Merged.Enabled!.Value;

    /// <summary>The registered repository that backups go to; null where nobody says.</summary>
    public string? RepositoryName => Merged.RepositoryName;

    /// <summary>The registered repositories that backups are copied to.</summary>
    public IReadOnlyList<string> CopyTo => Merged.CopyTo!;

    /// <summary>What is backed up.</summary>
    public IReadOnlyList<PolicyComponent> Components => Merged.Components!;

    /// <summary>The database sources of all components.</summary>
    public IEnumerable<DatabaseDefinition> Databases => Components.SelectMany(static component => component.Databases);

    /// <summary>What is left out of all components.</summary>
    public ExcludeOptions Exclude => Merged.Exclude!;

    /// <summary>When what is done.</summary>
    public IReadOnlyList<ScheduleEntry> Schedule => Merged.Schedule!;

    /// <summary>Commands before and after.</summary>
    public IReadOnlyList<PolicyHook> Hooks => Merged.Hooks!;

    /// <summary>How soon it must be back, and how much may be lost.</summary>
    public RecoveryTargets Targets => Merged.RecoveryTargets ?? RecoveryTargets.Of(Merged.RecoveryClass!.Value);

    /// <summary>Which of its backups stay in a repository.</summary>
    /// <param name="repositoryName">The repository's registered name.</param>
    public RetentionRules RetentionIn(string repositoryName) => Merged.CopyRetention!
        .Where(pair => pair.Key.Equals(repositoryName, StringComparison.OrdinalIgnoreCase))
        .Select(static pair => pair.Value)
        .FirstOrDefault(Merged.Retention!);

    /// <summary>The registered repository that backups go to.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>: nobody says.</exception>
    public string RequireRepository() => RepositoryName ?? throw new BackupException(
        BackupErrorKind.PolicyInvalid,
        $"The policy '{Name}' names no repository.",
        $"Name one: Set-BackupPolicy {Name} -RepositoryName NAME.")
    {
        Subject = Name,
    };

    /// <summary>True if the schedule of a machine of this name runs it.</summary>
    public bool RunsOn(string hostName) =>
        Merged.Hosts!.Count == 0 || Merged.Hosts.Any(pattern => NamePattern.Matches(pattern, hostName));

    /// <summary>The repositories that hold its backups, its own first.</summary>
    public IEnumerable<string> Repositories => RepositoryName is { } name ? [name, .. CopyTo] : CopyTo;
}
