using System.Collections.Generic;
using System.Linq;
using Markdig.Syntax;

namespace BackupModule.HelpWriter.Pages;

/// <summary>Reads the page of a cmdlet.</summary>
internal static class PageReader
{
    private static readonly string[] s_sections =
        ["Description", "Parameters", "Inputs", "Outputs", "Examples", "Errors", "Related links"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="PageException">It does not have the sections that a page has, in their order.</exception>
    public static HelpPage Read(string file)
    {
        MarkdownSection page = MarkdownSection.Read(file);
        if (!page.Sections.Select(static section => section.Title).SequenceEqual(s_sections))
        {
            throw new PageException(file, $"the sections must be: {string.Join(", ", s_sections)}");
        }

        return new HelpPage
        {
            File = file,
            Name = page.Title,
            Synopsis = string.Join(' ', PlainText.Of(page.Blocks, file)),
            Description = [.. PlainText.Of(page.Sections[0].Blocks, file)],
            Parameters = ReadEntries(page.Sections[1], file),
            Inputs = ReadEntries(page.Sections[2], file),
            Outputs = ReadEntries(page.Sections[3], file),
            Examples = [.. page.Sections[4].Sections.Select(section => ReadExample(section, file))],
            Errors = ReadEntries(page.Sections[5], file),
            Links = [.. PlainText.Of(page.Sections[6].Blocks, file).Select(static link => link.TrimStart('-', ' '))],
        };
    }

    private static IReadOnlyList<HelpEntry> ReadEntries(MarkdownSection section, string file) =>
    [
        .. section.Sections.Select(
            entry => new HelpEntry(entry.Title.TrimStart('-'), [.. PlainText.Of(entry.Blocks, file)])),
    ];

    private static HelpExample ReadExample(MarkdownSection section, string file)
    {
        CodeBlock[] code = [.. section.Blocks.OfType<CodeBlock>()];
        return new HelpExample(
            section.Title,
            code is [CodeBlock single] ? PlainText.OfCode(single) : null,
            [.. PlainText.Of(section.Blocks.Except(code), file)]);
    }
}
