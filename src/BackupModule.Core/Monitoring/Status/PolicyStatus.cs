using System.Collections.Generic;
using System.Linq;
using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Standing;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Monitoring.Status;

/// <summary>How a policy stands.</summary>
public sealed record PolicyStatus
{
    /// <summary>The policy.</summary>
    public required EffectivePolicy Policy { get; init; }

    /// <summary>How it stands in all: as the worst of the reasons says.</summary>
    public required HealthState State { get; init; }

    /// <summary>Why it is not well, as sentences, the worst first; empty where it is.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>The newest moment that it can be brought back to.</summary>
    public required RecoveryPoint RecoveryPoint { get; init; }

    /// <summary>What became of its jobs' runs: of those that its schedule has, and of backups.</summary>
    public required IReadOnlyList<JobHistory> Jobs { get; init; }

    /// <summary>What became of its backups.</summary>
    public required JobHistory Backups { get; init; }

    /// <summary>How much its backups grow in 30 days, as a share of their size; null where that cannot be told.</summary>
    public required double? SizeTrend { get; init; }

    /// <summary>Bytes of content that its backups of the window brought, before compression.</summary>
    public required long AddedBytes { get; init; }

    /// <summary>Bytes by which its backups of the window made the store grow. What retention frees is not taken off, and
    /// content that policies share counts for the one that brought it first.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>What checks have shown of its repository; null where it is not registered.</summary>
    public required RepositoryProof? Proof { get; init; }

    /// <summary>The last restore test that found the backup sound, or damaged; null if none is known.</summary>
    public required RunRecord? RestoreTest { get; init; }

    /// <summary>The last restore test that found the backup sound; null if none is known.</summary>
    public required RunRecord? GoodRestoreTest { get; init; }

    /// <summary>When a check of its repository or a restore test last found everything sound; null if that is not known to
    /// have happened.</summary>
    public DateTimeOffset? LastProved => new[]
    {
        GoodRestoreTest?.LastMoment(), Proof?.LastPassed.Max(static check => (DateTimeOffset?)check.At),
    }.Max();

    /// <summary>Its copies.</summary>
    public required IReadOnlyList<CopyStanding> Copies { get; init; }

    /// <summary>When its schedule is next due; null where nothing is, or it is suspended or disabled.</summary>
    public required DateTimeOffset? NextRun { get; init; }

    /// <summary>The entry that is due then; null where that is not known.</summary>
    public required string? NextEntry { get; init; }

    /// <summary>When the entries of its schedule are due.</summary>
    public required IReadOnlyList<EntryTiming> Timings { get; init; }

    /// <summary>True while its schedule is suspended.</summary>
    public required bool IsSuspended { get; init; }

    /// <summary>The run that is at work; null for none.</summary>
    public required RunRecord? Running { get; init; }
}
