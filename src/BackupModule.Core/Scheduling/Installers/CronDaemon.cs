using System;
using System.Diagnostics;
using System.Linq;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Tells whether there is somebody who reads crontabs.</summary>
internal static class CronDaemon
{
    private static readonly string[] s_names = ["cron", "crond", "fcron"];

    /// <summary>True if a cron daemon seems to run, or nobody can tell: other systems start theirs on demand.</summary>
    public static bool IsRunning() => !OperatingSystem.IsLinux()
        || s_names.Any(static name =>
        {
            Process[] found = Process.GetProcessesByName(name);
            Array.ForEach(found, static process => process.Dispose());
            return found.Length > 0;
        });
}
