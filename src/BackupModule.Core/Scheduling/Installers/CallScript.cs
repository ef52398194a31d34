using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>The small script that cron calls: it sets the environment, and keeps a log of limited size. A crontab's line has
/// room for neither, may run in any shell, and what it assigns would hold for the lines of others.</summary>
internal static class CallScript
{
    private const string LogName = "schedule.log";
    private const int LargestLog = 1 << 20;

    /// <summary>Where it is.</summary>
    public static string PathIn(string homeFolder, ScheduleScope scope) =>
        Path.Combine(homeFolder, scope == ScheduleScope.System ? "schedule-system.sh" : "schedule-user.sh");

    /// <summary>Its text.</summary>
    public static string Write(ScheduleCall call)
    {
        StringBuilder script = new();
        script.Append("#!/bin/sh\n");
        script.Append(CultureInfo.InvariantCulture, $"# {call.Description}.\n");
        script.Append("# Made by Register-BackupSchedule; Unregister-BackupSchedule removes it.\n");
        script.Append("umask 077\n");
        script.Append(CultureInfo.InvariantCulture, $"log={ShellQuoting.Shell(Path.Combine(call.HomeFolder, LogName))}\n");
        script.Append(CultureInfo.InvariantCulture, $"if [ -f \"$log\" ] && [ \"$(wc -c < \"$log\")\" -gt {LargestLog} ]; then mv -f \"$log\" \"$log.1\"; fi\n");
        foreach ((string name, string value) in call.Environment.OrderBy(static pair => pair.Key, System.StringComparer.Ordinal))
        {
            script.Append(CultureInfo.InvariantCulture, $"export {name}={ShellQuoting.Shell(value)}\n");
        }

        string command = string.Join(' ', call.Arguments.Prepend(call.Program).Select(ShellQuoting.Shell));
        return script.Append(CultureInfo.InvariantCulture, $"exec {command} >> \"$log\" 2>&1\n").ToString();
    }

    /// <summary>The command that runs it.</summary>
    public static string CommandIn(string homeFolder, ScheduleScope scope) =>
        $"/bin/sh {ShellQuoting.Shell(PathIn(homeFolder, scope))}";

    /// <summary>The step that writes it.</summary>
    public static InstallStep StepFor(ScheduleCall call, ScheduleScope scope) => new WriteFileStep(
        PathIn(call.HomeFolder, scope),
        Write(call),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
