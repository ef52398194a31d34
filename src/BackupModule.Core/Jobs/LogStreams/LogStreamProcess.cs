using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling.Installers;

namespace BackupModule.Core.Jobs.LogStreams;

/// <summary>Starts a stream in a process of its own, which goes on when this one ends.</summary>
public static class LogStreamProcess
{
    /// <summary>Where such a process writes what it says.</summary>
    public static string LogFile(string homeFolder, string policyName, string databaseName) => Path.Join(
        homeFolder, "streams", string.Concat($"{policyName}-{databaseName}".Split(Path.GetInvalidFileNameChars())) + ".log");

    /// <summary>Starts it.</summary>
    /// <param name="modulePath">The path that <c>Import-Module</c> is given.</param>
    /// <param name="policyName">The policy.</param>
    /// <param name="databaseName">The database source.</param>
    /// <param name="interval">How long bytes are gathered.</param>
    /// <param name="backupInterval">How long complete log files stay in pieces.</param>
    /// <param name="homeFolder">The folder of the local state.</param>
    /// <exception cref="BackupException"><c>PlatformUnsupported</c>: no program can run the module.</exception>
    public static void Start(
        string modulePath, string policyName, string databaseName, TimeSpan interval, TimeSpan backupInterval, string homeFolder)
    {
        string program = ScheduleProgram.Find(modulePath);
        string log = LogFile(homeFolder, policyName, databaseName);
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        string command = string.Create(
            CultureInfo.InvariantCulture,
            $"Import-Module {ShellQuoting.PowerShell(modulePath)}; Start-BackupLogStream -PolicyName {ShellQuoting.PowerShell(policyName)} "
            + $"-DatabaseName {ShellQuoting.PowerShell(databaseName)} -Interval {Duration.Format(interval)} -BackupInterval {Duration.Format(backupInterval)} -Wait -Verbose");
        string[] arguments = ["-NoProfile", "-NonInteractive", "-Command", command];

        // A session of its own: a terminal that closes, or Ctrl+C in it, is not for the stream.
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program, arguments) { CreateNoWindow = true, UseShellExecute = false }
            : new ProcessStartInfo(
                "/bin/sh", ["-c", "setsid \"$@\" >>\"$0\" 2>&1 </dev/null &", log, program, .. arguments]) { UseShellExecute = false };
        using Process? process = Process.Start(start);
    }
}
