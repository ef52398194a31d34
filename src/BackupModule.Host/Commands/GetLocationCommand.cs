using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Where relative paths begin.</summary>
[Cmdlet(VerbsCommon.Get, "Location")]
[OutputType(typeof(PathInfo))]
public sealed class GetLocationCommand : PSCmdlet
{
    protected override void EndProcessing() => WriteObject(SessionState.Path.CurrentLocation);
}
