using System;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Finds the installers that fit this machine.</summary>
public static class ScheduleInstallers
{
    /// <summary>The scope that the rights of this process allow: the whole machine for root and administrators.</summary>
    public static ScheduleScope DefaultScope => Environment.IsPrivilegedProcess ? ScheduleScope.System : ScheduleScope.User;

    /// <summary>The program that fits this machine.</summary>
    /// <exception cref="BackupException"><c>PlatformUnsupported</c>: there is none.</exception>
    public static ScheduleCallerKind DefaultKind =>
        OperatingSystem.IsWindows() ? ScheduleCallerKind.TaskScheduler
        : SystemdInstaller.IsRunning ? ScheduleCallerKind.Systemd
        : IsOnPath(CrontabStep.Program) ? ScheduleCallerKind.Cron
        : throw new BackupException(
            BackupErrorKind.PlatformUnsupported,
            "Neither systemd nor cron is on this machine.",
            "Install cron, or have something else run Invoke-BackupSchedule every minute.");

    /// <summary>An installer.</summary>
    public static IScheduleInstaller Create(ScheduleCallerKind kind, ScheduleScope scope) => kind switch
    {
        ScheduleCallerKind.Systemd => new SystemdInstaller(scope),
        ScheduleCallerKind.TaskScheduler => new TaskSchedulerInstaller(scope),
        _ => new CronInstaller(scope),
    };

    /// <summary>True if this machine may have such a program.</summary>
    public static bool CanHave(ScheduleCallerKind kind) => kind switch
    {
        ScheduleCallerKind.TaskScheduler => OperatingSystem.IsWindows(),
        ScheduleCallerKind.Systemd => OperatingSystem.IsLinux(),
        _ => !OperatingSystem.IsWindows() && IsOnPath(CrontabStep.Program),
    };

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
