using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace BackupModule.Host.Running;

/// <summary>Runs one pipeline at a time, shows all it says, and stops it when a signal asks for that.</summary>
internal sealed class PipelineRunner(Runspace runspace, StopSignals signals)
{
    /// <param name="build">Adds the commands.</param>
    /// <param name="nested">True inside a pipeline that waits, as under a nested prompt.</param>
    /// <returns>False when a terminating error ended the pipeline.</returns>
    public bool Run(Action<PowerShell> build, bool nested = false)
    {
        using PowerShell shell = Create(nested);
        build(shell);
        shell.AddCommand("Out-Default");

        // Errors are shown in line with the output, as they happen.
        shell.Commands.Commands[^1].MergeUnclaimedPreviousCommandResults =
            PipelineResultTypes.Error | PipelineResultTypes.Output;
        Action? outer = signals.Stopping;
        signals.Stopping = () => shell.BeginStop(null, null);
        try
        {
            shell.Invoke(null, new PSInvocationSettings { AddToHistory = false });
            return true;
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
        finally
        {
            signals.Stopping = outer;
        }
    }

    /// <summary>Runs a command whose output is wanted as a text, such as the prompt function.</summary>
    public string Evaluate(string script, bool nested)
    {
        using PowerShell shell = Create(nested);
        return string.Concat(shell.AddScript(script).Invoke<string>());
    }

    private PowerShell Create(bool nested)
    {
        if (nested)
        {
            return PowerShell.Create(RunspaceMode.CurrentRunspace);
        }

        return PowerShell.Create(runspace);
    }

    private void Show(RuntimeException error, bool nested)
    {
        using PowerShell shell = Create(nested);
        PSObject record = PSObject.AsPSObject(new ErrorRecord(error.ErrorRecord, error));

        // The formatter sends objects with this mark to the error stream.
        record.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.AddCommand("Out-Default").Invoke(new[] { record });
    }
}
