using System.Linq;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Joins parts to a path.</summary>
[Cmdlet(VerbsCommon.Join, "Path")]
[OutputType(typeof(string))]
public sealed class JoinPathCommand : PathCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1)]
    [AllowEmptyString]
    public string ChildPath { get; set; } = string.Empty;

    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    public string[] AdditionalChildPath { get; set; } = [];

    [Parameter]
    public SwitchParameter Resolve { get; set; }

    protected override void ProcessRecord() => ForEachPath(Path, path =>
    {
        string joined = AdditionalChildPath.Prepend(ChildPath).Aggregate(path, SessionState.Path.Combine);
        if (!Resolve)
        {
            WriteObject(joined);
            return;
        }

        foreach (PathInfo found in SessionState.Path.GetResolvedPSPathFromPSPath(joined))
        {
            WriteObject(found.Path);
        }
    });
}
