using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Orders objects.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    [Parameter]
    public SwitchParameter Descending { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        ObjectComparer comparer = new(CaseSensitive);
        List<PropertySelector> selectors = [.. Property.Select(source => new PropertySelector(source))];
        List<(PSObject Item, object?[] Keys)> keyed = [.. _items.Select(item => (item, KeysOf(item, selectors)))];
        IOrderedEnumerable<(PSObject Item, object?[] Keys)> ordered = keyed.OrderBy(_ => 0);
        for (int i = 0; i < Math.Max(1, selectors.Count); i++)
        {
            int key = i;
            bool descending = Descending || (i < selectors.Count && selectors[i].Descending);
            ordered = descending
                ? ordered.ThenByDescending(entry => entry.Keys[key], comparer)
                : ordered.ThenBy(entry => entry.Keys[key], comparer);
        }

        object?[]? previous = null;
        foreach ((PSObject item, object?[] keys) in ordered)
        {
            bool repeats = Unique && previous is not null
                && keys.Zip(previous).All(pair => comparer.Compare(pair.First, pair.Second) == 0);
            previous = keys;
            if (!repeats)
            {
                WriteObject(item);
            }
        }
    }

    private static object?[] KeysOf(PSObject item, List<PropertySelector> selectors) =>
        selectors.Count == 0 ? [item] : [.. selectors.Select(selector => selector.ValueOf(item))];
}
