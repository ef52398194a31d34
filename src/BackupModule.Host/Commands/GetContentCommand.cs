using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Provider;

namespace BackupModule.Host.Commands;

/// <summary>What a file or another item holds.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
public sealed class GetContentCommand : ItemCommand
{
    /// <summary>The whole text as one string.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [Alias("First", "Head")]
    public int TotalCount { get; set; } = int.MaxValue;

    [Parameter]
    [Alias("Last")]
    public int? Tail { get; set; }

    protected override void ProcessPath(string path)
    {
        string[]? files = ResolveFiles(path, IsLiteral);
        if (files is null)
        {
            ReadFromProvider(path);
            return;
        }

        foreach (string file in files)
        {
            ReadFile(file);
        }
    }

    private void ReadFile(string file)
    {
        if (AsByteStream)
        {
            WriteObject(File.ReadAllBytes(file), enumerateCollection: !Raw);
        }
        else if (Raw)
        {
            WriteObject(File.ReadAllText(file));
        }
        else
        {
            IEnumerable<string> lines = File.ReadLines(file);
            lines = Tail is int count ? lines.TakeLast(count) : lines.Take(TotalCount);
            foreach (string line in lines)
            {
                WriteObject(line);
            }
        }
    }

    private void ReadFromProvider(string path)
    {
        foreach (IContentReader reader in InvokeProvider.Content.GetReader([path], force: true, IsLiteral))
        {
            using (reader)
            {
                while (reader.Read(1) is { Count: > 0 } block)
                {
                    WriteObject(block[0]);
                }
            }
        }
    }
}
