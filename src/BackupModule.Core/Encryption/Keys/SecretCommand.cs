using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Takes a secret from what a program prints. Nothing of its output is ever part of an error.</summary>
internal static class SecretCommand
{
    /// <summary>How long the program may take.</summary>
    public static TimeSpan TimeLimit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs the program, without a shell and without input.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>.</exception>
    public static async Task<Secret> RunAsync(string commandLine, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!CommandLine.TrySplit(commandLine, out IReadOnlyList<string>? parts))
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, "The command of a secret is malformed.");
        }

        using CancellationTokenSource limit = new(TimeLimit, time);
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string program = parts[0];
        using Process process = Start(program, parts.Skip(1));
        try
        {
            return await ReadOutputAsync(process, program, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(program, $"did not finish within {TimeLimit.TotalSeconds} seconds");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task<Secret> ReadOutputAsync(
        Process process,
        string program,
        CancellationToken cancellationToken)
    {
        // Both streams are drained at once: a full pipe would stop the program.
        Task errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        Secret? secret = await SecretContent
            .ReadAsync(process.StandardOutput.BaseStream, cancellationToken)
            .ConfigureAwait(false)
            ?? throw Unavailable(program, "printed more than a secret can hold");
        try
        {
            await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw Unavailable(program, $"ended with the exit code {process.ExitCode}");
            }

            Secret result = secret;
            secret = null;
            return result;
        }
        finally
        {
            secret?.Dispose();
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw Unavailable(program, "cannot be started", e);
        }
    }

    private static BackupException Unavailable(string program, string what, Exception? inner = null) => new(
        BackupErrorKind.SecretUnavailable,
        $"The program '{program}', which should print a secret, {what}.",
        "Run the command by hand and see that it prints the secret alone, without asking for anything.",
        inner)
    {
        Subject = program,
    };
}
