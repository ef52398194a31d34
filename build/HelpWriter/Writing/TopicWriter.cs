using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using BackupModule.HelpWriter.Pages;
using Markdig.Syntax;

namespace BackupModule.HelpWriter.Writing;

/// <summary>Writes an <c>about_</c> topic: text for a terminal of 80 columns.</summary>
internal static class TopicWriter
{
    private const int Width = 78;
    private const string Indent = "    ";

    /// <summary>The text of a page. Its first paragraph is the short description.</summary>
    /// <exception cref="PageException">The page cannot be read, or has no short description.</exception>
    public static string Write(string file)
    {
        MarkdownSection page = MarkdownSection.Read(file);
        if (page.Blocks.Count == 0)
        {
            throw new PageException(file, "the short description is missing");
        }

        StringBuilder text = new();
        AppendHeading(text, "Topic", string.Empty);
        text.Append(Indent).Append(page.Title).Append("\n\n");
        AppendHeading(text, "Short description", string.Empty);
        AppendBlocks(text, page.Blocks.Take(1), file);
        AppendHeading(text, "Long description", string.Empty);
        AppendBlocks(text, page.Blocks.Skip(1), file);
        foreach (MarkdownSection section in page.Sections)
        {
            AppendHeading(text, section.Title, Indent);
            AppendBlocks(text, section.Blocks, file);
        }

        return text.ToString();
    }

    private static void AppendHeading(StringBuilder text, string title, string indent) =>
        text.Append(indent).Append(title.ToUpperInvariant()).Append('\n');

    private static void AppendBlocks(StringBuilder text, IEnumerable<Block> blocks, string file)
    {
        foreach (Block block in blocks)
        {
            foreach (string paragraph in PlainText.Of([block], file))
            {
                AppendParagraph(text, paragraph);
            }

            text.Append('\n');
        }
    }

    private static void AppendParagraph(StringBuilder text, string paragraph)
    {
        if (paragraph.StartsWith(PlainText.CodeIndent, StringComparison.Ordinal))
        {
            text.Append(Indent).Append(paragraph.Replace("\n", "\n" + Indent, StringComparison.Ordinal)).Append('\n');
            return;
        }

        string hanging = paragraph.StartsWith("- ", StringComparison.Ordinal) ? Indent + "  " : Indent;
        StringBuilder line = new(Indent);
        foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + word.Length > Width && line.Length > hanging.Length)
            {
                text.Append(line.ToString().TrimEnd()).Append('\n');
                line.Clear().Append(hanging);
            }

            line.Append(word).Append(' ');
        }

        text.Append(line.ToString().TrimEnd()).Append('\n');
    }
}
