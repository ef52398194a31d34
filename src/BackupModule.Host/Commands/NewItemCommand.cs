using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Makes a file, a folder, a link, or an item of another drive.</summary>
[Cmdlet(VerbsCommon.New, "Item", SupportsShouldProcess = true)]
public sealed class NewItemCommand : PathCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Name { get; set; }

    [Parameter]
    [Alias("Type")]
    public string? ItemType { get; set; }

    [Parameter(ValueFromPipeline = true)]
    [Alias("Target")]
    public object? Value { get; set; }

    /// <summary>Makes missing folders above it, and writes over a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord() => ForEachPath(Path, path =>
    {
        if (ShouldProcess(Name is null ? path : $"{path} {Name}", $"Create {ItemType ?? "item"}"))
        {
            WriteObject(InvokeProvider.Item.New([path], Name, ItemType, Value, Force), enumerateCollection: true);
        }
    });
}
