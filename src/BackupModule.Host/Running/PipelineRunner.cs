using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using BackupModule.Host.Terminal;

namespace BackupModule.Host.Running;

/// <summary>Runs one pipeline at a time, shows all it says, and stops it when a signal asks for that.</summary>
internal sealed class PipelineRunner(Runspace runspace, ConsoleUserInterface ui, StopSignals signals)
{
    /// <param name="nested">True inside a pipeline that waits, as under a nested prompt.</param>
    public PowerShell Create(bool nested) =>
        nested ? PowerShell.Create(RunspaceMode.CurrentRunspace) : PowerShell.Create(runspace);

    /// <param name="build">Adds the commands.</param>
    /// <param name="nested">True inside a pipeline that waits, as under a nested prompt.</param>
    /// <returns>False when a terminating error or a signal ended the pipeline.</returns>
    public bool Run(Action<PowerShell> build, bool nested = false)
    {
        using PowerShell shell = Create(nested);
        build(shell);
        shell.AddCommand("Out-Default");

        // Errors are shown in line with the output, as they happen.
        shell.Commands.Commands[^1].MergeUnclaimedPreviousCommandResults =
            PipelineResultTypes.Error | PipelineResultTypes.Output;
        try
        {
            Invoke(shell, static shell => shell.Invoke(null, new PSInvocationSettings { AddToHistory = false }));
            return shell.InvocationStateInfo.State == PSInvocationState.Completed;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException e)
        {
            Show(e, nested);
            return false;
        }
    }

    /// <summary>Runs a command whose output is wanted as a text, such as the prompt function.</summary>
    public string Evaluate(string script, bool nested)
    {
        using PowerShell shell = Create(nested);
        return string.Concat(Invoke(shell.AddScript(script), static shell => shell.Invoke<string>()));
    }

    private T Invoke<T>(PowerShell shell, Func<PowerShell, T> invoke)
    {
        // A stop that comes before the engine says that it runs would be forgotten.
        shell.InvocationStateChanged += (_, change) =>
        {
            if (change.InvocationStateInfo.State == PSInvocationState.Running)
            {
                signals.SendTo(() => shell.BeginStop(null, null));
            }
        };
        try
        {
            return invoke(shell);
        }
        finally
        {
            signals.SendTo(null);
        }
    }

    private void Show(RuntimeException error, bool nested)
    {
        using PowerShell shell = Create(nested);
        ui.ShowingError = true;
        try
        {
            shell.AddCommand("Out-Default").Invoke(new[] { new ErrorRecord(error.ErrorRecord, error) });
        }
        finally
        {
            ui.ShowingError = false;
        }
    }
}
