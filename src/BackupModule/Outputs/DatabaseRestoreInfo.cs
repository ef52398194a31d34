using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases;
using BackupModule.Core.Jobs.Health;
using BackupModule.Core.Recovery;

namespace BackupModule.Outputs;

/// <summary>How a restore of a database ended.</summary>
public sealed record DatabaseRestoreInfo
{
    /// <summary>The database source.</summary>
    public required string DatabaseName { get; init; }

    /// <summary>The server's kind.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>The backup that it was restored from.</summary>
    public required string BackupId { get; init; }

    /// <summary>How far it was to be recovered.</summary>
    public required string Target { get; init; }

    /// <summary>The last transaction in it was committed then, by the server's clock; null where that is not known.</summary>
    public DateTimeOffset? ReachedAt { get; init; }

    /// <summary>The log position reached, in the engine's own words.</summary>
    public string? Position { get; init; }

    /// <summary>The data directory or file.</summary>
    public string? Path { get; init; }

    /// <summary>The databases in it.</summary>
    public required string[] Databases { get; init; }

    /// <summary>The port of the new server; null for none.</summary>
    public int? Port { get; init; }

    /// <summary>True if every check that could be made went well.</summary>
    public required bool Passed { get; init; }

    /// <summary>What was checked.</summary>
    public required DatabaseCheck[] Checks { get; init; }

    /// <summary>How long each part took.</summary>
    public required DatabasePhase[] Phases { get; init; }

    /// <summary>What the application said after the restore; empty where the policy has no health checks, or none were made.</summary>
    public HealthResult[] Health { get; init; } = [];

    /// <summary>True if every health check passed; null where none was made.</summary>
    public bool? IsHealthy => Health.Length == 0 ? null : Array.TrueForAll(Health, static check => check.Passed);

    /// <summary>How long it took in all.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Phases.Sum(static phase => phase.Duration.Ticks));

    internal static DatabaseRestoreInfo From(
        DatabaseRestoreResult result, DatabaseRestoreStep step, IReadOnlyList<HealthResult> health) => new()
    {
        DatabaseName = result.Name,
        Engine = result.Engine,
        BackupId = step.Backup.Snapshot.Id.ToString(),
        Target = step.Request.Target.ToString(),
        ReachedAt = result.ReachedAt?.ToLocalTime(),
        Position = result.Position,
        Path = result.Path,
        Databases = [.. result.Databases],
        Port = result.Port,
        Passed = result.Checks.All(static check => check.Passed != false),
        Checks = [.. result.Checks],
        Phases = [.. result.Phases],
        Health = [.. health],
    };
}
