using System.Globalization;
using System.Linq;
using System.Text;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>The texts of the units by which systemd calls the schedules.</summary>
internal static class SystemdUnits
{
    /// <summary>The unit that makes one call.</summary>
    public const string Service = "backupmodule-schedule.service";

    /// <summary>The unit that makes it again and again.</summary>
    public const string Timer = "backupmodule-schedule.timer";

    // What a backup, its hooks and a test restore never do. Left out on purpose: NoNewPrivileges (hooks may use sudo),
    // ProtectSystem and PrivateTmp (a repository or a source can be anywhere), RestrictSUIDSGID (restores set such modes),
    // MemoryDenyWriteExecute (.NET compiles as it runs), PrivateDevices (hooks may freeze or snapshot volumes).
    private const string SystemHardening = """
        LockPersonality=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        RestrictRealtime=yes

        """;

    /// <summary>The service's text.</summary>
    public static string WriteService(ScheduleCall call, ScheduleScope scope)
    {
        StringBuilder unit = new();
        unit.Append(Header(call));
        if (scope == ScheduleScope.System)
        {
            unit.Append("Wants=network-online.target\nAfter=network-online.target\n");
        }

        unit.Append("\n[Service]\nType=oneshot\n");
        string arguments = string.Join(' ', call.Arguments.Select(ShellQuoting.SystemdWord));
        unit.Append(CultureInfo.InvariantCulture, $"ExecStart={ShellQuoting.SystemdProgram(call.Program)} {arguments}\n");
        foreach ((string name, string value) in call.Environment.OrderBy(static pair => pair.Key, System.StringComparer.Ordinal))
        {
            unit.Append(CultureInfo.InvariantCulture, $"Environment={ShellQuoting.SystemdAssignment(name, value)}\n");
        }

        // A backup takes as long as it takes; when it is stopped, it has time to save its index.
        unit.Append("TimeoutStartSec=infinity\nTimeoutStopSec=5min\nKillMode=mixed\n");
        unit.Append("UMask=0077\nNice=10\nIOSchedulingClass=best-effort\nIOSchedulingPriority=7\n");
        return unit.Append(scope == ScheduleScope.System ? SystemHardening : string.Empty).ToString();
    }

    /// <summary>The timer's text.</summary>
    public static string WriteTimer(ScheduleCall call) =>
        $"""
        {Header(call)}
        [Timer]
        OnCalendar={(call.Minutes == 60 ? "hourly" : $"*:0/{call.Minutes}")}
        AccuracySec=1s
        RandomizedDelaySec=5s
        Persistent=true

        [Install]
        WantedBy=timers.target

        """;

    private static string Header(ScheduleCall call) =>
        $"""
        # Made by Register-BackupSchedule; Unregister-BackupSchedule removes it.
        [Unit]
        Description={call.Description}

        """;
}
