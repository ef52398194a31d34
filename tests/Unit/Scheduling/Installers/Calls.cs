using System;
using System.Collections.Generic;
using BackupModule.Core.Scheduling.Installers;

namespace BackupModule.Tests.Scheduling.Installers;

/// <summary>Calls to install.</summary>
internal static class Calls
{
    public static ScheduleCall In(string homeFolder, string program = "/opt/backup module/psbackup", string? script = null) => new()
    {
        Program = program,
        Arguments =
        [
            "-NoProfile", "-NonInteractive", "-Command", script ?? "Import-Module '/opt/it''s 100%/BackupModule'; Invoke-BackupSchedule",
        ],
        Environment = new Dictionary<string, string> { ["BACKUPMODULE_HOME"] = homeFolder },
        HomeFolder = homeFolder,
    };

    public static ScheduleCall Every(this ScheduleCall call, string every) =>
        call with { Every = TimeSpan.Parse(every, System.Globalization.CultureInfo.InvariantCulture) };
}
