using System.Collections.Generic;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery.LogStreams;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>What is known of a policy.</summary>
public sealed record PolicyFacts
{
    /// <summary>The policy.</summary>
    public required EffectivePolicy Policy { get; init; }

    /// <summary>Its runs, the newest first: all of the window, and from before it the last ones of each job, and those
    /// that sizes are compared with.</summary>
    public IReadOnlyList<RunRecord> Runs { get; init; } = [];

    /// <summary>How its schedule stands; null where nobody has run it yet.</summary>
    public ScheduleState? Schedule { get; init; }

    /// <summary>When the entries of its schedule are due.</summary>
    public IReadOnlyList<EntryTiming> Timings { get; init; } = [];

    /// <summary>The streams of its databases' logs on this machine.</summary>
    public IReadOnlyList<LogStreamStanding> Streams { get; init; } = [];

    /// <summary>The policy's name.</summary>
    public string Name => Policy.Name;
}
