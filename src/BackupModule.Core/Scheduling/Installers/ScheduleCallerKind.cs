namespace BackupModule.Core.Scheduling.Installers;

/// <summary>The program of the machine that calls the schedules.</summary>
public enum ScheduleCallerKind
{
    /// <summary>The cron daemon.</summary>
    Cron,

    /// <summary>A systemd timer.</summary>
    Systemd,

    /// <summary>The Windows Task Scheduler.</summary>
    TaskScheduler,
}
