using System;
using BackupModule.Core.Catalog.Runs;

namespace BackupModule.Core.Catalog.Schedules;

/// <summary>How far one entry of a policy's schedule is.</summary>
public sealed record JobState
{
    /// <summary>The entry's name in the policy.</summary>
    public required string EntryName { get; init; }

    /// <summary>The last moment at which it was due and that was dealt with: by a run, by a higher kind that ran instead, or
    /// because the entry was new then. Later ones are still to do.</summary>
    public required DateTimeOffset HandledUntil { get; init; }

    /// <summary>When it last began; null for never.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it last ended; null for never.</summary>
    public RunState? State { get; init; }
}
