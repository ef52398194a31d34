using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.HelpWriter.Facts;

/// <summary>A parameter as compiled.</summary>
/// <param name="Name">Its name, without the dash.</param>
/// <param name="Type">The type of its value; of a nullable value, the type within.</param>
/// <param name="Aliases">Other names.</param>
/// <param name="DefaultValue">The value it has when it is not given; null for none.</param>
/// <param name="AcceptsWildcards">True if the value may be a wildcard pattern.</param>
/// <param name="Uses">How it is used, by parameter set.</param>
internal sealed record ParameterFacts(
    string Name,
    Type Type,
    IReadOnlyList<string> Aliases,
    string? DefaultValue,
    bool AcceptsWildcards,
    IReadOnlyDictionary<string, ParameterUse> Uses)
{
    /// <summary>True for a parameter that takes no value.</summary>
    public bool IsSwitch => TypeName == "SwitchParameter";

    /// <summary>True for a parameter that takes several values.</summary>
    public bool IsList => Type.IsArray;

    /// <summary>The type's short name, e.g. <c>String[]</c>.</summary>
    public string TypeName => Type.Name;

    /// <summary>The only values it takes; empty where there are too many to name.</summary>
    public IReadOnlyList<string> AcceptedValues =>
        (Type.GetElementType() ?? Type) is { IsEnum: true } enumeration ? Enum.GetNames(enumeration) : [];

    /// <summary>How it is used where the parameter set does not matter.</summary>
    public ParameterUse AnyUse => Uses.Values.First() with { IsMandatory = Uses.Values.All(static use => use.IsMandatory) };
}
