using System;
using System.Collections.Generic;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Catalog.Runs;

/// <summary>One run of one job of a policy: what was done, how it went, and what it counted. Holds no secret.</summary>
/// <remarks>Members that are never null take null for their default: so a compiled serialiser sets what a document does not
/// have.</remarks>
public sealed record RunRecord
{
    /// <summary>Unique everywhere: 32 hexadecimal digits, of which earlier runs have smaller ones.</summary>
    public required string RunId { get; init; }

    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>What was done.</summary>
    public required JobKind Job { get; init; }

    /// <summary>What the backup counts as; has no meaning for other jobs.</summary>
    public BackupKind Kind { get; init; }

    /// <summary>The name of the schedule's entry; null for a run that nobody scheduled.</summary>
    public string? ScheduleEntry { get; init; }

    /// <summary>The registered name of the repository that was worked in; null if the run did not get that far.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The repository's own id.</summary>
    public string? RepositoryId { get; init; }

    /// <summary>The id of the backup that was made, checked or restored; null for none.</summary>
    public string? BackupId { get; init; }

    /// <summary>The machine that ran it.</summary>
    public required string HostName { get; init; }

    /// <summary>Why it was begun.</summary>
    public RunTrigger Trigger { get; init; }

    /// <summary>When it was due; null for a run that nobody scheduled.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it stands.</summary>
    public RunState State { get; init; }

    /// <summary>The stable name of the failure (<see cref="Diagnostics.BackupErrorKind"/>); null for none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What went wrong, or why it was left out; null for nothing.</summary>
    public string? Message { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Guidance { get; init; }

    /// <summary>What went wrong on the way without ending the run; the first hundred.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = value ?? []; } = [];

    /// <summary>What the run counted.</summary>
    public RunFigures Figures { get; init => field = value ?? new RunFigures(); } = new();

    /// <summary>Its parts, in the order they were done.</summary>
    public IReadOnlyList<RunPhase> Phases { get; init => field = value ?? []; } = [];

    /// <summary>What became of its notifications.</summary>
    public IReadOnlyList<RunDelivery> Deliveries { get; init => field = value ?? []; } = [];

    /// <summary>The program that ran it, with its version.</summary>
    public string? ProgramVersion { get; init; }

    /// <summary>True once the policy's repository has a copy of this record.</summary>
    public bool IsArchived { get; init; }

    /// <summary>A new id for a run that begins now.</summary>
    public static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");
}
