using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Whether there is something at a path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(bool))]
public sealed class TestPathCommand : ItemCommand
{
    [Parameter]
    [Alias("Type")]
    public TestPathKind PathType { get; set; }

    protected override void ProcessPath(string path)
    {
        bool exists = InvokeProvider.Item.Exists(path, force: true, IsLiteral);
        WriteObject(exists && (PathType == TestPathKind.Any
            || (PathType == TestPathKind.Container) == InvokeProvider.Item.IsContainer(path)));
    }
}
