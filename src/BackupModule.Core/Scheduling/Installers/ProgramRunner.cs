using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Runs programs as processes, whose messages are in English.</summary>
internal sealed class ProgramRunner : IProgramRunner
{
    /// <inheritdoc/>
    public async Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        using Process process = Start(program, arguments);
        using MemoryStream output = new();
        try
        {
            // Both streams are drained while the input is written: a full pipe would stop the program.
            Task reading = process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
            Task<string> complaining = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(process, input, cancellationToken).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            string errors = await complaining.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ProgramResult(process.ExitCode, output.ToArray(), errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task WriteAsync(Process process, byte[] input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception cause)
        {
            throw new BackupException(
                BackupErrorKind.PlatformUnsupported,
                $"This machine has no program '{program}', which is needed to register schedules this way.",
                "Install it, or choose another way with -Using.",
                cause)
            {
                Subject = program,
            };
        }
    }
}
