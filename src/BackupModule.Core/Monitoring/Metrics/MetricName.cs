using System.Collections.Generic;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>The name of a metric, and what it is.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Help">What it is, in one line.</param>
public sealed record MetricName(string Name, string Help)
{
    private const string Prefix = "backupmodule_";

    private static readonly List<MetricName> s_all = [];

    /// <summary>All metrics there are; <c>docs/monitoring.md</c> describes each.</summary>
    public static IReadOnlyList<MetricName> All => s_all;

    internal static readonly MetricName BuildInfo = Define(
        "build_info", "The module's version; always 1.");

    internal static readonly MetricName Collected = Define(
        "collected_timestamp_seconds", "When these values were collected.");

    internal static readonly MetricName Window = Define(
        "window_seconds", "How far back the values named recent go.");

    internal static readonly MetricName PolicyEnabled = Define(
        "policy_enabled", "1 if the policy's schedule may run it.");

    internal static readonly MetricName PolicyState = Define(
        "policy_state", "1 for the state the policy is in (result: ok, unknown, warning, critical).");

    internal static readonly MetricName ScheduleSuspended = Define(
        "schedule_suspended", "1 while the policy's schedule is suspended.");

    internal static readonly MetricName NextDue = Define(
        "schedule_next_due_timestamp_seconds", "When the schedule's entry is next due.");

    internal static readonly MetricName Missed = Define(
        "schedule_overdue_since_timestamp_seconds",
        "When a job was due that should have been begun and was not; only while it is overdue.");

    internal static readonly MetricName ExpectedInterval = Define(
        "job_expected_interval_seconds", "The longest time that the schedule leaves between two runs of the job.");

    internal static readonly MetricName LastAttempt = Define(
        "job_last_attempt_timestamp_seconds", "When the last run of the job that ended was begun.");

    internal static readonly MetricName LastSuccess = Define(
        "job_last_success_timestamp_seconds", "When the last run of the job that did its work ended.");

    internal static readonly MetricName LastSuccessAge = Define(
        "job_last_success_age_seconds", "How long that had been over when the values were collected.");

    internal static readonly MetricName LastResult = Define(
        "job_last_result", "1 for the result of the last run of the job (result: ok, warning, failed, stopped).");

    internal static readonly MetricName RecentRuns = Define(
        "job_recent_runs", "Runs of the job in the window, by result.");

    internal static readonly MetricName FailedInARow = Define(
        "job_failed_in_a_row", "Runs of the job that failed since the last that did its work.");

    internal static readonly MetricName Duration = Define(
        "job_duration_seconds", "How long the last run of the job took that did its work.");

    internal static readonly MetricName SourceBytes = Define(
        "job_source_bytes", "Bytes of all files in the policy's last backup.");

    internal static readonly MetricName AddedBytes = Define(
        "job_added_bytes", "Bytes of content that the last backup brought, before compression.");

    internal static readonly MetricName StoredBytes = Define(
        "job_stored_bytes", "Bytes by which the last backup made the store grow.");

    internal static readonly MetricName Files = Define(
        "job_files", "Files in the policy's last backup.");

    internal static readonly MetricName RecentAddedBytes = Define(
        "policy_recent_added_bytes", "Bytes of content that the policy's backups of the window brought, before compression.");

    internal static readonly MetricName RecentStoredBytes = Define(
        "policy_recent_stored_bytes", "Bytes by which the policy's backups of the window made the store grow.");

    internal static readonly MetricName SizeTrend = Define(
        "policy_size_trend_ratio", "Growth of the policy's backups in 30 days, as a share of their size.");

    internal static readonly MetricName RecoveryPoint = Define(
        "recovery_point_newest_timestamp_seconds", "The newest moment that the policy can be brought back to.");

    internal static readonly MetricName RpoTarget = Define(
        "rpo_target_seconds", "How old the newest backup may get.");

    internal static readonly MetricName RpoCurrent = Define(
        "rpo_current_seconds", "How old it was when the values were collected.");

    internal static readonly MetricName RpoMet = Define(
        "rpo_met", "1 if the newest backup was young enough then, 0 if not; left out where that is not known.");

    internal static readonly MetricName RtoTarget = Define(
        "rto_target_seconds", "How long it may take until the policy's application works again.");

    internal static readonly MetricName CopyLag = Define(
        "copy_lag_seconds", "How much older the newest backup known to be in the copy is than the policy's newest.");

    internal static readonly MetricName CopyLagLimit = Define(
        "copy_lag_limit_seconds", "How much older it may be.");

    internal static readonly MetricName CopyLastSuccess = Define(
        "copy_last_success_timestamp_seconds", "When everything was last copied.");

    internal static readonly MetricName VerifyLast = Define(
        "verify_last_attempt_timestamp_seconds", "When the repository was last checked.");

    internal static readonly MetricName VerifyLastSuccess = Define(
        "verify_last_success_timestamp_seconds",
        "When a check that read this (level: structure, data) last found the repository sound.");

    internal static readonly MetricName VerifyDamaged = Define(
        "verify_damaged", "1 if a check found damage that no later check disproved; left out where nothing was checked.");

    internal static readonly MetricName RestoreTestLastSuccess = Define(
        "restore_test_last_success_timestamp_seconds", "When a restore test last found a backup of the policy sound.");

    internal static readonly MetricName RestoreTestDuration = Define(
        "restore_test_duration_seconds", "How long that took.");

    internal static readonly MetricName VolumeFree = Define(
        "repository_volume_free_bytes", "Room on the volume that the repository lies on.");

    internal static readonly MetricName VolumeSize = Define(
        "repository_volume_size_bytes", "Size of the volume that the repository lies on.");

    internal static readonly MetricName DailyGrowth = Define(
        "repository_daily_growth_bytes", "By how much an ordinary day makes the repository grow.");

    internal static readonly MetricName FullAt = Define(
        "repository_full_timestamp_seconds", "When the volume is full if the repository goes on growing like that.");

    internal static readonly MetricName AlertActive = Define(
        "alert_active", "1 for each alert that is open.");

    internal static readonly MetricName AlertsOpen = Define(
        "alerts_open", "Open alerts, by level (info, warning, critical).");

    private static MetricName Define(string name, string help)
    {
        MetricName metric = new(Prefix + name, help);
        s_all.Add(metric);
        return metric;
    }
}
