using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Compare.Tools;

namespace BackupModule.Compare.Measuring;

/// <summary>
/// Runs whole processes under GNU time, which asks the kernel what a process and its children used (<c>wait4</c>).
/// </summary>
internal static class TimedProcess
{
    /// <summary>GNU time; the shell's own <c>time</c> knows no memory.</summary>
    public const string Timer = "/usr/bin/time";

    private const string Format = "%e %U %S %M";

    // A tool that takes longer than this hangs.
    private static readonly TimeSpan s_limit = TimeSpan.FromHours(1);

    /// <summary>Runs the commands one after the other, until one fails.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="environment">Variables to set besides those of this process.</param>
    /// <param name="report">A file to use for what the timer writes.</param>
    /// <param name="cancellationToken">Ends the process too.</param>
    public static async Task<Outcome> RunAsync(
        IReadOnlyList<ToolCommand> commands,
        IReadOnlyDictionary<string, string> environment,
        string report,
        CancellationToken cancellationToken)
    {
        Measurement total = new(TimeSpan.Zero, TimeSpan.Zero, PeakMemory: 0);
        foreach (ToolCommand command in commands)
        {
            ToolCommand timed = command with
            {
                Program = Timer,
                Arguments = ["-o", report, "-f", Format, command.Program, .. command.Arguments],
            };
            ProcessResult result = await ProcessRunner.RunAsync(timed, environment, s_limit, cancellationToken);
            if (result.ExitCode != 0)
            {
                return Outcome.Failed($"{command.Program} ended with {result.ExitCode}: {result.LastLines}");
            }

            total += Parse(await File.ReadAllTextAsync(report, cancellationToken));
        }

        return Outcome.Success(total);
    }

    /// <summary>Reads what GNU time wrote: seconds, seconds in user mode, seconds in the kernel, KiB.</summary>
    internal static Measurement Parse(string report)
    {
        string[] fields = report.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 4
            ? new Measurement(
                Seconds(fields[0]),
                Seconds(fields[1]) + Seconds(fields[2]),
                long.Parse(fields[3], CultureInfo.InvariantCulture) * 1024)
            : throw new BenchmarkException($"{Timer} wrote something else than asked for: {report}");
    }

    private static TimeSpan Seconds(string text) =>
        TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
