using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Compare.Tools;

namespace BackupModule.Compare.Measuring;

/// <summary>Runs processes without a terminal and keeps what they say.</summary>
internal static class ProcessRunner
{
    private const int KeptLines = 5;

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="BenchmarkException">The program cannot be started, or does not end in time.</exception>
    public static async Task<ProcessResult> RunAsync(
        ToolCommand command,
        IReadOnlyDictionary<string, string> environment,
        TimeSpan limit,
        CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? string.Empty,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Start(start);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(limit);
        try
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(ended.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(ended.Token);
            await process.WaitForExitAsync(ended.Token);
            return new ProcessResult(process.ExitCode, await output, LastLines(await output + await errors));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new BenchmarkException($"{command.Program} did not end within {limit}.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new BenchmarkException(
                $"{start.FileName} cannot be started: {failure.Message}. As root, './build.sh bench' installs what the "
                + "benchmark needs; otherwise install the Debian packages time, restic and borgbackup.");
        }
    }

    private static string LastLines(string text) =>
        string.Join(" / ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(KeptLines));
}
