using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using BackupModule.HelpWriter.Facts;

namespace BackupModule.HelpWriter.Writing;

/// <summary>Writes the ways to call a cmdlet: one for each parameter set.</summary>
internal static class SyntaxWriter
{
    public static XElement Write(CmdletFacts cmdlet) => new(
        Maml.Command + "syntax", cmdlet.ParameterSets.Select(set => Item(cmdlet, set)));

    private static XElement Item(CmdletFacts cmdlet, string set) => new(
        Maml.Command + "syntaxItem",
        new XElement(Maml.Text + "name", cmdlet.Name),
        Order(cmdlet, set).Select(parameter => ParameterWriter.Write(parameter, parameter.Uses[set], [])));

    // As PowerShell orders them: by position, then those that must be given, then the rest.
    private static IEnumerable<ParameterFacts> Order(CmdletFacts cmdlet, string set) => cmdlet.Parameters
        .Where(parameter => parameter.Uses.ContainsKey(set))
        .OrderBy(parameter => parameter.Uses[set].Position ?? int.MaxValue)
        .ThenBy(parameter => parameter.Uses[set].IsMandatory ? 0 : 1);
}
