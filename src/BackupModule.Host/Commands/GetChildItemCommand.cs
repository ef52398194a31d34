using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>What a folder or another container holds.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Path")]
public sealed class GetChildItemCommand : PathCommand
{
    private WildcardPattern? _filter;

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = ["."];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A pattern for the names.</summary>
    [Parameter(Position = 1)]
    public string? Filter { get; set; }

    [Parameter]
    [Alias("s")]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public uint Depth { get; set; } = uint.MaxValue;

    /// <summary>Hidden items too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter File { get; set; }

    [Parameter]
    [Alias("ad")]
    public SwitchParameter Directory { get; set; }

    [Parameter]
    public SwitchParameter Name { get; set; }

    protected override void BeginProcessing() =>
        _filter = Filter is null ? null : WildcardPattern.Get(Filter, WildcardOptions.IgnoreCase);

    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "LiteralPath";
        bool recurse = Recurse || MyInvocation.BoundParameters.ContainsKey(nameof(Depth));
        ForEachPath(literal ? LiteralPath : Path, path =>
        {
            foreach (PSObject item in InvokeProvider.ChildItem.Get([path], recurse, Depth, Force, literal))
            {
                if (IsWanted(item))
                {
                    WriteObject(Name ? item.Properties["PSChildName"]?.Value : item);
                }
            }
        });
    }

    private bool IsWanted(PSObject item)
    {
        bool isContainer = item.Properties["PSIsContainer"]?.Value is true;
        return !(File && isContainer)
            && !(Directory && !isContainer)
            && _filter?.IsMatch($"{item.Properties["PSChildName"]?.Value}") != false;
    }
}
