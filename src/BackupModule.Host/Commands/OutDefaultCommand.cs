using System.Collections;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>The engine's last command of every pipeline, which also notes errors that ended a statement.</summary>
[Cmdlet(VerbsData.Out, "Default")]
public sealed class OutDefaultCommand : Microsoft.PowerShell.Commands.OutDefaultCommand
{
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is ErrorRecord record && EndedItsStatement(record)
            && Host.PrivateData?.BaseObject is ErrorTally tally)
        {
            tally.AnyTerminating = true;
        }

        base.ProcessRecord();
    }

    // An error that a command reports and survives is shown as the very record that goes into $Error; of one that ended
    // its statement the engine shows a copy.
    private bool EndedItsStatement(ErrorRecord shown)
    {
        IList errors = (IList)SessionState.PSVariable.GetValue("global:Error");
        object? latest = errors.Count > 0 ? errors[0] : null;
        ErrorRecord? kept = latest as ErrorRecord ?? (latest as IContainsErrorRecord)?.ErrorRecord;
        return kept is not null
            && !ReferenceEquals(kept, shown)
            && (ReferenceEquals(kept.Exception, shown.Exception) || ReferenceEquals(latest, shown.Exception));
    }
}
