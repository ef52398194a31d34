using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases;

/// <summary>Runs a program of a database server to its end, without a shell and without input.</summary>
internal static class ProgramRun
{
    private const int KeptLines = 40;

    /// <summary>Runs it.</summary>
    /// <param name="command">The program and its arguments; no argument is secret.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="workingFolder">Where it runs.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>Its exit code, and the last lines that it printed.</returns>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>: it cannot be started.</exception>
    public static async Task<ProgramResult> RunAsync(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        string workingFolder,
        CancellationToken cancellationToken)
    {
        using Process process = Start(command, environment, workingFolder);
        try
        {
            process.StandardInput.Close();
            Task<IReadOnlyList<string>> output = ReadTailAsync(process.StandardOutput, cancellationToken);
            Task<IReadOnlyList<string>> errors = ReadTailAsync(process.StandardError, cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ProgramResult(
                process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Starts a program with all its streams redirected; the caller ends it.</summary>
    /// <param name="command">The program and its arguments; no argument is secret.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="workingFolder">Where it runs.</param>
    /// <param name="without">Variables of this process that it does not get; null for none.</param>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>.</exception>
    public static Process Start(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        string workingFolder,
        IEnumerable<string>? without = null)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingFolder,
        };

        // Messages are looked at, so they are to be in one language.
        start.Environment["LC_ALL"] = "C";
        start.Environment["LANGUAGE"] = "C";
        foreach (string name in without ?? [])
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseToolMissing,
                $"The program '{command[0]}' cannot be started: {failure.Message}",
                "Install the database's programs, or say where they are with -ToolFolder.",
                failure)
            {
                Subject = command[0],
            };
        }
    }

    /// <summary>Reads text to its end and keeps its last lines.</summary>
    public static async Task<IReadOnlyList<string>> ReadTailAsync(TextReader text, CancellationToken cancellationToken)
    {
        Queue<string> lines = new();
        while (await text.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            lines.Enqueue(line);
            if (lines.Count > KeptLines)
            {
                lines.Dequeue();
            }
        }

        return [.. lines];
    }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">The last lines of its output.</param>
/// <param name="Errors">The last lines of its error output.</param>
internal sealed record ProgramResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    /// <summary>What it said last, for a message.</summary>
    public string Describe() => Errors.Concat(Output).LastOrDefault(static line => line.Trim().Length > 0)?.Trim()
        ?? string.Create(CultureInfo.InvariantCulture, $"exit code {ExitCode}");
}
