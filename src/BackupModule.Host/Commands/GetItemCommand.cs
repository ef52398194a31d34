using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>The item at a path.</summary>
[Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
public sealed class GetItemCommand : ItemCommand
{
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessPath(string path) =>
        WriteObject(InvokeProvider.Item.Get([path], Force, IsLiteral), enumerateCollection: true);
}
