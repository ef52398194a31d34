using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text;

namespace BackupModule.HelpWriter.Facts;

/// <summary>Reads the facts of a parameter.</summary>
internal static class ParameterReader
{
    /// <summary>Reads a property of a cmdlet class.</summary>
    /// <param name="property">The property.</param>
    /// <param name="instance">A cmdlet that no parameter was given to: it has the defaults.</param>
    /// <param name="sets">The cmdlet's parameter sets.</param>
    public static ParameterFacts Read(PropertyInfo property, object instance, IReadOnlyList<string> sets)
    {
        Dictionary<string, ParameterUse> uses = new(StringComparer.Ordinal);
        foreach (ParameterAttribute attribute in property.GetCustomAttributes<ParameterAttribute>(inherit: false))
        {
            bool isEverywhere = attribute.ParameterSetName == ParameterAttribute.AllParameterSets;
            foreach (string set in isEverywhere ? sets : [attribute.ParameterSetName])
            {
                uses[set] = new ParameterUse(
                    attribute.Mandatory,
                    attribute.Position == int.MinValue ? null : attribute.Position,
                    attribute.ValueFromPipeline,
                    attribute.ValueFromPipelineByPropertyName);
            }
        }

        bool isMandatory = uses.Values.All(static use => use.IsMandatory);
        return new ParameterFacts(
            property.Name,
            Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
            property.GetCustomAttribute<AliasAttribute>(inherit: false)?.AliasNames.ToArray() ?? [],
            isMandatory ? null : Describe(property.GetValue(instance)),
            property.IsDefined(typeof(SupportsWildcardsAttribute), inherit: false),
            uses);
    }

    /// <summary>The parameters that PowerShell gives to every cmdlet that can change something.</summary>
    public static IEnumerable<ParameterFacts> ShouldProcess(IReadOnlyList<string> sets)
    {
        Dictionary<string, ParameterUse> uses = sets.ToDictionary(
            static set => set, static _ => new ParameterUse(false, null, false, false), StringComparer.Ordinal);
        yield return new ParameterFacts("WhatIf", typeof(SwitchParameter), ["wi"], "False", false, uses);
        yield return new ParameterFacts("Confirm", typeof(SwitchParameter), ["cf"], "False", false, uses);
    }

    private static string? Describe(object? value) => value switch
    {
        null or "" or Array { Length: 0 } => null,
        Array list => string.Join(", ", list.Cast<object>().Select(Describe)),
        SwitchParameter given => given.IsPresent.ToString(),
        Encoding encoding => encoding.WebName,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
