using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Picks objects from a stream, or properties from objects.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _held = [];
    private readonly List<PSObject> _seen = [];
    private List<PropertySelector> _selectors = [];
    private int _index = -1;
    private int _written;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    [Parameter]
    [SupportsWildcards]
    public string[] ExcludeProperty { get; set; } = [];

    [Parameter]
    public string? ExpandProperty { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Last { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    [Parameter]
    public int[]? Index { get; set; }

    protected override void BeginProcessing()
    {
        bool onlyExcludes = Property.Length == 0 && ExcludeProperty.Length > 0;
        _selectors = [.. (onlyExcludes ? ["*"] : Property).Select(source => new PropertySelector(source))];
    }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        _index++;
        if (Last is not null)
        {
            _held.Add(InputObject);
        }
        else if (_index >= Skip && (Index is null || Index.Contains(_index)) && !(_written >= First))
        {
            Emit(InputObject);
        }

        if (Last is null && _written >= First)
        {
            EngineInternals.StopUpstream(this);
        }
    }

    // With -Last, -Skip counts from the end.
    protected override void EndProcessing()
    {
        foreach (PSObject item in _held.SkipLast(Skip).TakeLast(Last ?? 0))
        {
            Emit(item);
        }
    }

    private void Emit(PSObject item)
    {
        PSObject result = _selectors.Count == 0 ? item : Project(item);
        _written++;
        if (Unique)
        {
            if (_seen.Exists(earlier => SameContent(earlier, result)))
            {
                return;
            }

            _seen.Add(result);
        }

        if (ExpandProperty is null)
        {
            WriteObject(result);
        }
        else
        {
            WriteObject(new PropertySelector(ExpandProperty).ValueOf(item), enumerateCollection: true);
        }
    }

    private PSObject Project(PSObject item)
    {
        PSObject result = new();
        foreach ((string name, object? value) in _selectors.SelectMany(selector => selector.Select(item)))
        {
            bool excluded = ExcludeProperty.Any(
                pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(name));
            if (!excluded && result.Properties[name] is null)
            {
                result.Properties.Add(new PSNoteProperty(name, value));
            }
        }

        result.TypeNames.Insert(0, "Selected." + item.TypeNames[0]);
        return result;
    }

    private bool SameContent(PSObject left, PSObject right)
    {
        if (_selectors.Count == 0)
        {
            return LanguagePrimitives.Equals(left, right);
        }

        return left.Properties.Count() == right.Properties.Count()
            && left.Properties.All(property => right.Properties[property.Name] is PSPropertyInfo other
                && LanguagePrimitives.Equals(property.Value, other.Value));
    }
}
