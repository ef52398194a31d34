using System;
using System.Collections.Generic;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>What the end of a run says.</summary>
internal static class RunJudgement
{
    private static readonly HashSet<string> s_damage =
    [
        nameof(BackupErrorKind.VerificationFailed), nameof(BackupErrorKind.RepositoryDamaged),
        nameof(BackupErrorKind.BackupDamaged), nameof(BackupErrorKind.TreeDamaged), nameof(BackupErrorKind.ChunkDamaged),
        nameof(BackupErrorKind.ChunkMissing), nameof(BackupErrorKind.PackDamaged), nameof(BackupErrorKind.PackMissing),
        nameof(BackupErrorKind.IndexDamaged), nameof(BackupErrorKind.IndexIncomplete),
    ];

    /// <summary>True if it did its work, perhaps with warnings.</summary>
    public static bool IsGood(this RunRecord run) => run.State is RunState.Completed or RunState.CompletedWithWarnings;

    /// <summary>True if it made a backup from which all components can be restored, which a piece of a log is not.
    /// </summary>
    public static bool IsGoodBackup(this RunRecord run) =>
        run is { Job: JobKind.Backup, BackupId: not null, Kind: not BackupKind.Log } && run.IsGood();

    /// <summary>True if it did not do its work, and nobody chose that. What the schedule began and what ended without a
    /// word is a failure; what somebody began and stopped is none.</summary>
    public static bool IsFailure(this RunRecord run) =>
        run.State == RunState.Failed || (run.State == RunState.Stopped && run.Trigger != RunTrigger.Manual);

    /// <summary>True if it says how its job goes: it did its work, or failed to.</summary>
    public static bool IsTelling(this RunRecord run) => run.IsGood() || run.IsFailure();

    /// <summary>True if a check or restore test found that what is stored is not what was backed up. One that could not be
    /// done says nothing of the kind.</summary>
    public static bool FoundDamage(this RunRecord run) =>
        run.Job is JobKind.Verification or JobKind.RestoreTest
        && (run.State == RunState.Failed
            ? run.ErrorId is { } id && s_damage.Contains(id)
            : run.IsGood() && run.Figures.Failures > 0);

    /// <summary>When it ended, as far as that is known.</summary>
    public static DateTimeOffset LastMoment(this RunRecord run) => run.EndedAt ?? run.StartedAt;

    /// <summary>True if it worked in the repository.</summary>
    public static bool WorkedIn(this RunRecord run, RepositoryWatch repository) => run.RepositoryId is { } id
        ? id == repository.Registration.RepositoryId
        : string.Equals(run.RepositoryName, repository.Name, StringComparison.OrdinalIgnoreCase);
}
