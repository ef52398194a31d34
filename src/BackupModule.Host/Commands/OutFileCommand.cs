using System.IO;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace BackupModule.Host.Commands;

/// <summary>Writes what would be shown into a file, as UTF-8.</summary>
[Cmdlet(VerbsData.Out, "File", SupportsShouldProcess = true)]
public sealed class OutFileCommand : FrontEndCommandBase
{
    private StreamWriter? _file;

    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Path", "LiteralPath")]
    public string FilePath { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>Writes over a file that is there only without this.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 8192;

    protected override void BeginProcessing()
    {
        string path = GetUnresolvedProviderPathFromPSPath(FilePath);
        TextWriter writer = TextWriter.Null;
        if (ShouldProcess(path, "Write output"))
        {
            FileMode mode = Append ? FileMode.Append : NoClobber ? FileMode.CreateNew : FileMode.Create;
            writer = _file = new StreamWriter(new FileStream(path, mode, FileAccess.Write, FileShare.Read));
        }

        EngineInternals.UseWriter(this, writer, Width);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        _file?.Dispose();
        _file = null;
    }

    protected override void InternalDispose()
    {
        _file?.Dispose();
        base.InternalDispose();
    }
}
