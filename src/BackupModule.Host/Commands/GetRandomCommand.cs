using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>A random number, or some of the given objects; not for secrets.</summary>
[Cmdlet(VerbsCommon.Get, "Random", DefaultParameterSetName = "Number")]
public sealed class GetRandomCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    [Parameter(ParameterSetName = "Number")]
    public long Minimum { get; set; }

    /// <summary>The numbers stay below it.</summary>
    [Parameter(Position = 0, ParameterSetName = "Number")]
    public long Maximum { get; set; } = int.MaxValue;

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Item")]
    public object?[] InputObject { get; set; } = [];

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    protected override void ProcessRecord() => _items.AddRange(InputObject);

    protected override void EndProcessing()
    {
        if (ParameterSetName == "Item")
        {
            object?[] items = [.. _items];
            Random.Shared.Shuffle(items);
            WriteObject(items.Take(Count), enumerateCollection: true);
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            long number = Random.Shared.NextInt64(Minimum, Maximum);
            WriteObject(number is >= int.MinValue and <= int.MaxValue ? (int)number : number);
        }
    }
}
