using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Base of the commands that must be told which items they are about.</summary>
public abstract class ItemCommand : PathCommand
{
    [Parameter(
        Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true,
        ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    protected bool IsLiteral => ParameterSetName == "LiteralPath";

    protected override void ProcessRecord() => ForEachPath(IsLiteral ? LiteralPath : Path, ProcessPath);

    protected abstract void ProcessPath(string path);
}
