using System;
using System.Collections.Generic;

namespace BackupModule.Core.Catalog.Schedules;

/// <summary>How a policy's schedule stands.</summary>
public sealed record ScheduleState
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>When its next job is due; null if none ever is.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>When it was suspended; null if it is not.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>Until when it is suspended; null for until somebody resumes it.</summary>
    public DateTimeOffset? SuspendedUntil { get; init; }

    /// <summary>Why it is suspended, in the words of who did it.</summary>
    public string? SuspendReason { get; init; }

    /// <summary>Who is running its jobs; null for nobody.</summary>
    public string? Runner { get; init; }

    /// <summary>Until when that is believed without a further word.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Its entries.</summary>
    public IReadOnlyList<JobState> Jobs { get; init; } = [];
}
