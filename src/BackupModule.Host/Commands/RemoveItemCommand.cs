using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Deletes items.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class RemoveItemCommand : ItemCommand
{
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessPath(string path)
    {
        // Resolved first, so that -WhatIf and -Confirm name what a pattern stands for.
        foreach (PSObject item in InvokeProvider.Item.Get([path], Force, IsLiteral))
        {
            string place = $"{item.Properties["PSPath"].Value}";
            if (!ShouldProcess(item.ToString(), "Remove"))
            {
                continue;
            }

            if (!Recurse && item.Properties["PSIsContainer"]?.Value is true && InvokeProvider.ChildItem.HasChild(place))
            {
                throw new PSInvalidOperationException($"'{path}' is not empty; -Recurse deletes it with all it holds.");
            }

            InvokeProvider.Item.Remove([place], Recurse, Force, literalPath: true);
        }
    }
}
