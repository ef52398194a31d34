using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BackupModule.Host.Commands;

/// <summary>Gives objects as JSON.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
[OutputType(typeof(string))]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Levels below the first that are written out; what is deeper becomes text.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    [Parameter]
    public SwitchParameter Compress { get; set; }

    [Parameter]
    public SwitchParameter AsArray { get; set; }

    [Parameter]
    public SwitchParameter EnumsAsStrings { get; set; }

    protected override void ProcessRecord() => _items.Add(InputObject);

    protected override void EndProcessing()
    {
        if (_items.Count == 0)
        {
            return;
        }

        using MemoryStream stream = new();
        JsonWriterOptions options = new()
        {
            Indented = !Compress,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = 200,
        };
        using (Utf8JsonWriter writer = new(stream, options))
        {
            bool isList = _items.Count > 1 || AsArray;
            new JsonWriting(writer, isList ? Depth + 1 : Depth, EnumsAsStrings).Write(isList ? _items : _items[0]);
        }

        WriteObject(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
