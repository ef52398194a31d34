using System;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling;

/// <summary>One line of a policy's schedule: what is done, and when.</summary>
public sealed record ScheduleEntry
{
    /// <summary>Its name in the policy, unique there, such as <c>hourly</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is done.</summary>
    public JobKind Job { get; init; }

    /// <summary>What a backup counts as; has no meaning for other jobs.</summary>
    public BackupKind Kind { get; init; }

    /// <summary>True for a backup that reads every byte, whatever the backup before it says.</summary>
    public bool Full { get; init; }

    /// <summary>When, as a cron expression.</summary>
    public required string Cron { get; init; }

    /// <summary>The IANA or Windows id of the zone that the expression is in; null for the machine's own.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Starts are put off by a share of this length that differs from policy to policy; zero for none.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Jitter { get; init; }

    /// <summary>For a copy, a check or a retention of one repository alone, its registered name; null for all of the
    /// policy's.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>For a check, the share of packs whose bytes it reads, 0 to 1; successive checks read other packs until
    /// all were read.</summary>
    public double ReadDataShare { get; init; }
}
