using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace BackupModule.Host.Commands;

/// <summary>Shows objects as a table.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    public FormatTableCommand() => EngineInternals.UseShape(this, "Table");
}
