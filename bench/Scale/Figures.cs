using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace BackupModule.Scale;

/// <summary>Prints a line of figures: <c>command name=value …</c>, with what the whole process took.</summary>
internal static class Figures
{
    public static void Write(string command, params (string Name, double Value)[] values)
    {
        using Process self = Process.GetCurrentProcess();
        (string Name, double Value)[] process =
        [
            ("wall-s", (TimeProvider.System.GetUtcNow() - self.StartTime.ToUniversalTime()).TotalSeconds),
            ("cpu-s", self.TotalProcessorTime.TotalSeconds),
            ("peak-MiB", PeakBytes() / (1024.0 * 1024)),
        ];
        Console.WriteLine(command + string.Concat([.. values.Concat(process).Select(static value =>
            string.Create(CultureInfo.InvariantCulture, $" {value.Name}={value.Value:0.###}"))]));
    }

    /// <summary>The most memory that the process had in use at once, by the kernel's count where it keeps one.</summary>
    public static long PeakBytes() => StatusBytes("VmHWM:") ?? Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>The memory that the process has in use now.</summary>
    public static long ResidentBytes() => StatusBytes("VmRSS:") ?? Environment.WorkingSet;

    private static long? StatusBytes(string name)
    {
        const string Status = "/proc/self/status";
        string? line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            : null;
        return line is null ? null : long.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
