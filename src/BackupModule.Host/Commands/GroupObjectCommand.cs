using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Gathers objects that agree in a property.</summary>
[Cmdlet("Group", "Object")]
[OutputType(typeof(ObjectGroup), typeof(Hashtable))]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly SortedDictionary<string, (object? Key, Collection<PSObject> Items)> _groups =
        new(StringComparer.OrdinalIgnoreCase);

    private List<PropertySelector> _selectors = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    [Parameter]
    public SwitchParameter NoElement { get; set; }

    [Parameter]
    [Alias("AHT")]
    public SwitchParameter AsHashTable { get; set; }

    /// <summary>The keys of the hashtable are texts.</summary>
    [Parameter]
    public SwitchParameter AsString { get; set; }

    protected override void BeginProcessing() =>
        _selectors = [.. Property.Select(source => new PropertySelector(source))];

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        object?[] keys = _selectors.Count == 0
            ? [InputObject.BaseObject]
            : [.. _selectors.Select(selector => selector.ValueOf(InputObject))];
        string name = string.Join(", ", keys.Select(LanguagePrimitives.ConvertTo<string>));
        if (!_groups.TryGetValue(name, out (object? Key, Collection<PSObject> Items) group))
        {
            group = (keys.Length == 1 ? keys[0] : name, []);
            _groups.Add(name, group);
        }

        group.Items.Add(InputObject);
    }

    protected override void EndProcessing()
    {
        if (AsHashTable)
        {
            Hashtable table = new(StringComparer.OrdinalIgnoreCase);
            foreach ((string name, (object? key, Collection<PSObject> items)) in _groups)
            {
                table[AsString || key is null ? name : key] = items;
            }

            WriteObject(table);
            return;
        }

        foreach ((string name, (_, Collection<PSObject> items)) in _groups)
        {
            WriteObject(new ObjectGroup(items.Count, name, NoElement ? [] : items));
        }
    }
}
