using System.Globalization;
using System.IO;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace BackupModule.Host.Commands;

/// <summary>Gives as text what would be shown.</summary>
[Cmdlet(VerbsData.Out, "String")]
[OutputType(typeof(string))]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private readonly StringWriter _text = new(CultureInfo.InvariantCulture);

    /// <summary>One string a line instead of one for all.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; }

    protected override void BeginProcessing()
    {
        EngineInternals.UseWriter(this, _text, Width > 0 ? Width : Host.UI.RawUI.BufferSize.Width);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        string text = _text.ToString();
        if (!Stream)
        {
            WriteObject(text);
            return;
        }

        using StringReader lines = new(text);
        while (lines.ReadLine() is string line)
        {
            WriteObject(line);
        }
    }
}
