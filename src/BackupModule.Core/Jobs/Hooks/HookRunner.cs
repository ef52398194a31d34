using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Jobs.Hooks;

/// <summary>Runs hooks through the system's shell. What a hook is told is in its environment, in variables that start with
/// <see cref="VariablePrefix"/>; it gets no input.</summary>
internal sealed class HookRunner(TimeProvider time, IBackupObserver observer)
{
    /// <summary>What the names of the variables for hooks start with: <c>POLICY</c>, <c>RUN_ID</c>, <c>STAGE</c>, and after the
    /// work <c>STATE</c> and <c>BACKUP_ID</c>.</summary>
    public const string VariablePrefix = "BACKUPMODULE_";

    private const int MaxTail = 20;

    /// <summary>Runs the hooks of a stage, in their order.</summary>
    /// <param name="hooks">All hooks.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="variables">What they are told, by names without the prefix.</param>
    /// <param name="cancellationToken">Stops the work, and with it the hook.</param>
    /// <exception cref="BackupException"><c>HookFailed</c>, for one that does not say to go on.</exception>
    public async Task RunAsync(
        IEnumerable<PolicyHook> hooks,
        HookStage stage,
        IReadOnlyDictionary<string, string> variables,
        CancellationToken cancellationToken)
    {
        foreach (PolicyHook hook in hooks.Where(hook => hook.Stage == stage))
        {
            try
            {
                await RunAsync(hook, variables, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure) when (hook.ContinueOnFailure)
            {
                observer.OnWarning(failure.Message);
            }
        }
    }

    private async Task RunAsync(
        PolicyHook hook, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        observer.OnDecision($"Running the hook {hook.Stage}.");
        using CancellationTokenSource limit = new(hook.TimeLimit, time);
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using Process process = Start(hook, variables);
        Queue<string> tail = new();
        try
        {
            await Task.WhenAll(
                DrainAsync(process.StandardOutput, tail, stop.Token),
                DrainAsync(process.StandardError, tail, stop.Token)).ConfigureAwait(false);
            await process.WaitForExitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(hook, $"did not finish within {Duration.Format(hook.TimeLimit)}, and was ended", tail);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        if (process.ExitCode != 0)
        {
            throw Failed(hook, $"ended with the exit code {process.ExitCode}", tail);
        }
    }

    private static Process Start(PolicyHook hook, IReadOnlyDictionary<string, string> variables)
    {
        (string shell, string option) = OperatingSystem.IsWindows() ? ("cmd.exe", "/c") : ("/bin/sh", "-c");
        ProcessStartInfo start = new(shell, [option, hook.Command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[VariablePrefix + name] = value;
        }

        start.Environment[VariablePrefix + "STAGE"] = hook.Stage.ToString();
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or IOException)
        {
            throw Failed(hook, $"could not be started: {failure.Message}", []);
        }
    }

    private async Task DrainAsync(StreamReader output, Queue<string> tail, CancellationToken cancellationToken)
    {
        while (await output.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            observer.OnDecision($"  {line}");
            lock (tail)
            {
                tail.Enqueue(line);
                while (tail.Count > MaxTail)
                {
                    tail.Dequeue();
                }
            }
        }
    }

    private static BackupException Failed(PolicyHook hook, string what, Queue<string> tail)
    {
        lock (tail)
        {
            string said = tail.Count > 0 ? $" It said: {string.Join(" / ", tail.TakeLast(3))}" : string.Empty;
            // Of the command only its program is named: the rest may hold a password.
            string program = hook.Command.Trim().Split(' ', 2)[0];
            return new BackupException(
                BackupErrorKind.HookFailed,
                $"The hook {hook.Stage} '{program}' {what}.{said}",
                "Run the command by hand as the same user; -Verbose shows all that it prints.")
            {
                Subject = program,
            };
        }
    }
}
