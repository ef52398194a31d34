using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using BackupModule.HelpWriter.Facts;

namespace BackupModule.HelpWriter.Writing;

/// <summary>Writes a parameter.</summary>
internal static class ParameterWriter
{
    /// <summary>The parameter with its facts.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="use">How it is used.</param>
    /// <param name="text">What is said of it; empty where the syntax is shown.</param>
    public static XElement Write(ParameterFacts parameter, ParameterUse use, IReadOnlyList<string> text) => new(
        Maml.Command + "parameter",
        new XAttribute("required", use.IsMandatory),
        new XAttribute("variableLength", parameter.IsList),
        new XAttribute("globbing", parameter.AcceptsWildcards),
        new XAttribute("pipelineInput", use.PipelineInput),
        new XAttribute("position", use.PositionText),
        new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
        new XElement(Maml.Text + "name", parameter.Name),
        Maml.Description(text),
        Value(parameter),
        Maml.Type(parameter.TypeName),
        new XElement(Maml.Development + "defaultValue", parameter.DefaultValue ?? "None"));

    private static IEnumerable<XElement> Value(ParameterFacts parameter)
    {
        if (parameter.IsSwitch)
        {
            yield break;
        }

        if (parameter.AcceptedValues.Count > 0)
        {
            yield return new XElement(Maml.Command + "parameterValueGroup", parameter.AcceptedValues.Select(
                value => Value(value, isRequired: false, isList: false)));
        }

        yield return Value(parameter.TypeName, isRequired: true, parameter.IsList);
    }

    private static XElement Value(string text, bool isRequired, bool isList) => new(
        Maml.Command + "parameterValue",
        new XAttribute("required", isRequired),
        new XAttribute("variableLength", isList),
        text);
}
