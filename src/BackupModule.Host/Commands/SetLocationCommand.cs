using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Goes to another folder or drive.</summary>
[Cmdlet(VerbsCommon.Set, "Location", DefaultParameterSetName = "Path")]
[OutputType(typeof(PathInfo))]
public sealed class SetLocationCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    public string Path { get; set; } = "~";

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    public string LiteralPath { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "LiteralPath";
        PathInfo location = SessionState.Path.SetLocation(literal ? WildcardPattern.Escape(LiteralPath) : Path);
        if (PassThru)
        {
            WriteObject(location);
        }
    }
}
