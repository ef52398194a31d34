using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Scheduling;

namespace BackupModule.Outputs;

/// <summary>A run of a policy's job, as the catalog remembers it.</summary>
public sealed record RunRecordInfo
{
    /// <summary>The run's id, 32 hexadecimal digits.</summary>
    public required string RunId { get; init; }

    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>What was done.</summary>
    public required JobKind Job { get; init; }

    /// <summary>What the backup counts as; null for other jobs.</summary>
    public BackupKind? Kind { get; init; }

    /// <summary>The entry of the schedule; null for a run that nobody scheduled.</summary>
    public string? ScheduleEntry { get; init; }

    /// <summary>How it stands.</summary>
    public required RunState State { get; init; }

    /// <summary>The repository's registered name; null if the run did not get that far.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The backup that was made, checked or restored; null for none.</summary>
    public string? BackupId { get; init; }

    /// <summary>The machine that ran it.</summary>
    public required string HostName { get; init; }

    /// <summary>Why it was begun.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>When it was due; null for a run that nobody scheduled.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How long it took; null while it runs.</summary>
    public TimeSpan? Duration => EndedAt - StartedAt;

    /// <summary>The stable name of the failure; null for none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What went wrong, or why it was left out.</summary>
    public string? Message { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Guidance { get; init; }

    /// <summary>What went wrong without ending the run.</summary>
    public required string[] Warnings { get; init; }

    /// <summary>Files in the backup, or checked.</summary>
    public long Files { get; init; }

    /// <summary>Files that the backup before did not have.</summary>
    public long FilesNew { get; init; }

    /// <summary>Files that differ from the backup before.</summary>
    public long FilesChanged { get; init; }

    /// <summary>Bytes of all files in the backup, or read by a check.</summary>
    public long SourceBytes { get; init; }

    /// <summary>Bytes of content that the repository did not have, before compression.</summary>
    public long AddedBytes { get; init; }

    /// <summary>Bytes that the store grew by.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Bytes that were freed.</summary>
    public long FreedBytes { get; init; }

    /// <summary>Backups copied or removed.</summary>
    public int Backups { get; init; }

    /// <summary>Items that failed, or findings of a check.</summary>
    public long Failures { get; init; }

    /// <summary>Its parts, in the order they were done.</summary>
    public required RunPhase[] Phases { get; init; }

    /// <summary>What became of its notifications.</summary>
    public required RunDelivery[] Deliveries { get; init; }

    /// <summary>The program that ran it, with its version.</summary>
    public string? ProgramVersion { get; init; }

    internal static RunRecordInfo From(RunRecord run) => new()
    {
        RunId = run.RunId,
        PolicyName = run.PolicyName,
        Job = run.Job,
        Kind = run.Job == JobKind.Backup ? run.Kind : null,
        ScheduleEntry = run.ScheduleEntry,
        State = run.State,
        RepositoryName = run.RepositoryName,
        BackupId = run.BackupId,
        HostName = run.HostName,
        Trigger = run.Trigger,
        DueAt = run.DueAt,
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
        ErrorId = run.ErrorId,
        Message = run.Message,
        Guidance = run.Guidance,
        Warnings = [.. run.Warnings],
        Files = run.Figures.Files,
        FilesNew = run.Figures.FilesNew,
        FilesChanged = run.Figures.FilesChanged,
        SourceBytes = run.Figures.SourceBytes,
        AddedBytes = run.Figures.AddedBytes,
        StoredBytes = run.Figures.StoredBytes,
        FreedBytes = run.Figures.FreedBytes,
        Backups = run.Figures.Backups,
        Failures = run.Figures.Failures,
        Phases = [.. run.Phases],
        Deliveries = [.. run.Deliveries],
        ProgramVersion = run.ProgramVersion,
    };
}
