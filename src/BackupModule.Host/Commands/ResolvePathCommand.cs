using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>The full paths that a path with wildcards stands for.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(PathInfo), typeof(string))]
public sealed class ResolvePathCommand : ItemCommand
{
    [Parameter]
    public SwitchParameter Relative { get; set; }

    protected override void ProcessPath(string path)
    {
        string pattern = IsLiteral ? WildcardPattern.Escape(path) : path;
        foreach (PathInfo found in SessionState.Path.GetResolvedPSPathFromPSPath(pattern))
        {
            WriteObject(Relative ? RelativePath(found) : found);
        }
    }

    private string RelativePath(PathInfo found)
    {
        string current = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        string relative = System.IO.Path.GetRelativePath(current, found.ProviderPath);
        return relative.StartsWith("..", System.StringComparison.Ordinal)
            ? relative
            : System.IO.Path.Combine(".", relative);
    }
}
