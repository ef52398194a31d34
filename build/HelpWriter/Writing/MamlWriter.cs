using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using BackupModule.HelpWriter.Facts;
using BackupModule.HelpWriter.Pages;

namespace BackupModule.HelpWriter.Writing;

/// <summary>Writes pages in MAML, the format in which <c>Get-Help</c> reads the help of compiled cmdlets.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace s_root = "http://msh";

    /// <summary>Writes the help of the module into one file.</summary>
    public static void Write(ModuleFacts module, IReadOnlyList<HelpPage> pages, string file)
    {
        XElement root = new(s_root + "helpItems", new XAttribute("schema", "maml"));
        foreach (CmdletFacts cmdlet in module.Cmdlets)
        {
            root.Add(Command(cmdlet, pages.Single(page => page.Name == cmdlet.Name)));
        }

        new XDocument(root).Save(file);
    }

    private static XElement Command(CmdletFacts cmdlet, HelpPage page) => new(
        Maml.Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml.Text),
        new XAttribute(XNamespace.Xmlns + "command", Maml.Command),
        new XAttribute(XNamespace.Xmlns + "dev", Maml.Development),
        new XElement(
            Maml.Command + "details",
            new XElement(Maml.Command + "name", cmdlet.Name),
            Maml.Description([page.Synopsis]),
            new XElement(Maml.Command + "verb", cmdlet.Verb),
            new XElement(Maml.Command + "noun", cmdlet.Noun)),
        Maml.Description(page.Description),
        SyntaxWriter.Write(cmdlet),
        new XElement(
            Maml.Command + "parameters",
            cmdlet.Parameters.Select(parameter => ParameterWriter.Write(
                parameter, parameter.AnyUse, page.Parameters.Single(entry => entry.Name == parameter.Name).Text))),
        new XElement(
            Maml.Command + "inputTypes", page.Inputs.Select(static entry => TypeEntry("inputType", entry))),
        new XElement(
            Maml.Command + "returnValues", page.Outputs.Select(static entry => TypeEntry("returnValue", entry))),
        Notes(page.Errors),
        new XElement(Maml.Command + "examples", page.Examples.Select(Example)),
        new XElement(Maml.Command + "relatedLinks", page.Links.Select(Link)));

    private static XElement TypeEntry(string name, HelpEntry entry) => new(
        Maml.Command + name, Maml.Type(entry.Name), Maml.Description(entry.Text));

    // Help has no section for errors that every view shows; notes are shown in full help.
    private static XElement Notes(IReadOnlyList<HelpEntry> errors) => new(
        Maml.Text + "alertSet",
        new XElement(
            Maml.Text + "alert",
            Maml.Paragraphs(errors.SelectMany(static error => error.Text.Select(
                (paragraph, i) => i == 0 ? $"{error.Name}: {paragraph}" : paragraph)))));

    // The empty paragraph keeps the next title apart.
    private static XElement Example(HelpExample example, int index) => new(
        Maml.Command + "example",
        new XElement(
            Maml.Text + "title",
            string.Create(CultureInfo.InvariantCulture, $"-------- Example {index + 1}: {example.Title} --------")),
        new XElement(Maml.Development + "code", example.Code),
        new XElement(Maml.Development + "remarks", Maml.Paragraphs([.. example.Text, string.Empty])));

    private static XElement Link(string name) => new(
        Maml.Text + "navigationLink", new XElement(Maml.Text + "linkText", name), new XElement(Maml.Text + "uri"));
}
