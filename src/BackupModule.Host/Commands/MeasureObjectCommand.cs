using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Counts objects and adds up, averages or compares one of their properties.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object")]
[OutputType(typeof(ObjectMeasurement))]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly List<object> _values = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[] Property { get; set; } = [];

    [Parameter]
    public SwitchParameter Sum { get; set; }

    [Parameter]
    public SwitchParameter Average { get; set; }

    [Parameter]
    public SwitchParameter Minimum { get; set; }

    [Parameter]
    public SwitchParameter Maximum { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _values.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        if (Property.Length == 0)
        {
            WriteObject(Measure(_values, null));
        }

        foreach (string name in Property)
        {
            PropertySelector selector = new(name);
            WriteObject(Measure([.. _values.Select(item => selector.ValueOf((PSObject)item)).OfType<object>()], name));
        }
    }

    private ObjectMeasurement Measure(List<object> values, string? property)
    {
        ObjectComparer comparer = new(caseSensitive: false);
        double? sum = Sum || Average ? values.Sum(LanguagePrimitives.ConvertTo<double>) : null;
        return new ObjectMeasurement(
            values.Count,
            Average && values.Count > 0 ? sum / values.Count : null,
            Sum ? sum : null,
            Maximum && values.Count > 0 ? values.MaxBy(value => value, comparer) : null,
            Minimum && values.Count > 0 ? values.MinBy(value => value, comparer) : null,
            property);
    }
}
