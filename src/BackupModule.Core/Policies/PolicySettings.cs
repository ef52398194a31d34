using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Policies;

/// <summary>What a policy says itself; what is null is inherited.</summary>
public sealed record PolicySettings
{
    /// <summary>What it is for, in the words of its owner.</summary>
    public string? Description { get; init; }

    /// <summary>False to keep the schedule from running it.</summary>
    public bool? Enabled { get; init; }

    /// <summary>The registered repository that backups go to.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The registered repositories that backups are copied to.</summary>
    public IReadOnlyList<string>? CopyTo { get; init; }

    /// <summary>What is backed up.</summary>
    public IReadOnlyList<PolicyComponent>? Components { get; init; }

    /// <summary>What is left out of all components.</summary>
    public ExcludeOptions? Exclude { get; init; }

    /// <summary>When what is done.</summary>
    public IReadOnlyList<ScheduleEntry>? Schedule { get; init; }

    /// <summary>Which backups stay.</summary>
    [JsonConverter(typeof(RetentionRulesConverter))]
    public RetentionRules? Retention { get; init; }

    /// <summary>Which backups stay in copies, by the registered names of their repositories; in those that are not named, the
    /// same as in the policy's own.</summary>
    public IReadOnlyDictionary<string, RetentionRules>? CopyRetention { get; init; }

    /// <summary>The zstd level for new data; null everywhere for the repository's.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Where the password of the repository's key is found; null everywhere for the reference that the repository
    /// is registered with.</summary>
    public string? PasswordReference { get; init; }

    /// <summary>The notification channels that are told, by name; empty for all whose routes fit.</summary>
    public IReadOnlyList<string>? NotifyChannels { get; init; }

    /// <summary>Which runs are told; null everywhere for what each channel says.</summary>
    public NotificationMode? NotifyMode { get; init; }

    /// <summary>Commands before and after.</summary>
    public IReadOnlyList<PolicyHook>? Hooks { get; init; }

    /// <summary>What is restarted after a restore in place.</summary>
    public IReadOnlyList<RestartAction>? Restart { get; init; }

    /// <summary>What is asked after a restore in place to learn whether the application works; see <see cref="HealthCheck"/>.
    /// </summary>
    public IReadOnlyList<string>? HealthChecks { get; init; }

    /// <summary>How long each health check is tried until it is well.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? HealthCheckTimeout { get; init; }

    /// <summary>How much it matters.</summary>
    public RecoveryClass? RecoveryClass { get; init; }

    /// <summary>Targets other than those of the class.</summary>
    public RecoveryTargets? RecoveryTargets { get; init; }

    /// <summary>How large a backup is expected to be.</summary>
    public SizeRange? ExpectedSize { get; init; }

    /// <summary>Files that must be in every backup, as absolute paths; one that is not there is a warning.</summary>
    public IReadOnlyList<string>? RequiredFiles { get; init; }

    /// <summary>The machines whose schedules run it, with <c>*</c> and <c>?</c>; empty for any.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>The same settings with a registered repository under another name, wherever they name it.</summary>
    public PolicySettings WithRepositoryRenamed(string oldName, string newName)
    {
        return this with
        {
            RepositoryName = Renamed(RepositoryName),
            CopyRetention = CopyRetention?.ToDictionary(pair => Renamed(pair.Key)!, static pair => pair.Value),
            CopyTo = CopyTo is null ? null : [.. CopyTo.Select(name => Renamed(name)!)],
            Schedule = Schedule is null
                ? null
                : [.. Schedule.Select(entry => entry with { RepositoryName = Renamed(entry.RepositoryName) })],
        };

        string? Renamed(string? name) => string.Equals(name, oldName, StringComparison.OrdinalIgnoreCase) ? newName : name;
    }
}
