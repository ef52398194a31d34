using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace BackupModule.HelpWriter.Writing;

/// <summary>The parts that all of MAML is made of.</summary>
internal static class Maml
{
    public static XNamespace Text { get; } = "http://schemas.microsoft.com/maml/2004/10";

    public static XNamespace Command { get; } = "http://schemas.microsoft.com/maml/dev/command/2004/10";

    public static XNamespace Development { get; } = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XElement Description(IEnumerable<string> paragraphs) =>
        new(Text + "description", Paragraphs(paragraphs));

    public static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(static paragraph => new XElement(Text + "para", paragraph));

    public static XElement Type(string name) => new(
        Development + "type", new XElement(Text + "name", name), new XElement(Text + "uri"));
}
