using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Provider;

namespace BackupModule.Host.Commands;

/// <summary>Replaces what a file or another item holds; text is written as UTF-8.</summary>
[Cmdlet(VerbsCommon.Set, "Content", SupportsShouldProcess = true)]
public sealed class SetContentCommand : PathCommand
{
    private readonly List<object?> _values = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "PSPath")]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? Value { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    protected override void ProcessRecord() => _values.AddRange(Value ?? []);

    protected override void EndProcessing() => ForEachPath(Path, path =>
    {
        if (!ShouldProcess(path, "Set content"))
        {
            return;
        }

        if (ResolveFiles(path, literal: true) is not [string file])
        {
            WriteToProvider(path);
        }
        else if (AsByteStream)
        {
            File.WriteAllBytes(file, [.. _values.Select(LanguagePrimitives.ConvertTo<byte>)]);
        }
        else
        {
            string end = NoNewline ? string.Empty : Environment.NewLine;
            File.WriteAllText(file, string.Concat(_values.Select(LanguagePrimitives.ConvertTo<string>)
                .Select(text => text + end)));
        }
    });

    private void WriteToProvider(string path)
    {
        foreach (IContentWriter writer in InvokeProvider.Content.GetWriter([path], force: true, literalPath: true))
        {
            using (writer)
            {
                writer.Write(_values);
                writer.Close();
            }
        }
    }
}
