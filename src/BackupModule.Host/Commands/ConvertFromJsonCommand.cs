using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace BackupModule.Host.Commands;

/// <summary>Reads JSON into objects or hashtables.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly StringBuilder _text = new();

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    /// <summary>A list comes out as one object instead of element by element.</summary>
    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    public int Depth { get; set; } = 1024;

    protected override void ProcessRecord() => _text.Append(InputObject).Append('\n');

    protected override void EndProcessing()
    {
        string text = _text.ToString();
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        JsonDocumentOptions options = new()
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = Depth,
        };
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, options);
            WriteObject(Read(document.RootElement), enumerateCollection: !NoEnumerate);
        }
        catch (JsonException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, "InvalidJson", ErrorCategory.InvalidData, text));
        }
    }

    private object? Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object when AsHashtable => ReadTable(element),
        JsonValueKind.Object => ReadObject(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Read).ToArray(),
        JsonValueKind.String => ReadText(element),
        JsonValueKind.Number => ReadNumber(element),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private PSObject ReadObject(JsonElement element)
    {
        PSObject result = new();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            result.Properties.Remove(property.Name);
            result.Properties.Add(new PSNoteProperty(property.Name, Read(property.Value)));
        }

        return result;
    }

    private OrderedHashtable ReadTable(JsonElement element)
    {
        OrderedHashtable result = new();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            result[property.Name] = Read(property.Value);
        }

        return result;
    }

    // Times become times, as in PowerShell; a date alone stays a text.
    private static object ReadText(JsonElement element)
    {
        string text = element.GetString()!;
        bool mayBeTime = text.Length > 10 && text[10] == 'T';
        return mayBeTime && element.TryGetDateTime(out DateTime time) ? time : text;
    }

    private static object ReadNumber(JsonElement element)
    {
        string text = element.GetRawText();
        return element.TryGetInt64(out long number) ? number
            : BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger big) ? big
            : element.GetDouble();
    }
}
