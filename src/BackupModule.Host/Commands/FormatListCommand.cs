using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace BackupModule.Host.Commands;

/// <summary>Shows objects with one property a line.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand() => EngineInternals.UseShape(this, "List");
}
