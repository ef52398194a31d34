using System.Collections.Generic;
using System.IO;
using System.Linq;
using Markdig;
using Markdig.Syntax;

namespace BackupModule.HelpWriter.Pages;

/// <summary>A heading with what stands under it.</summary>
/// <param name="Title">The heading.</param>
internal sealed record MarkdownSection(string Title)
{
    /// <summary>What stands between the heading and the next one.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>Sections with a heading one level deeper.</summary>
    public List<MarkdownSection> Sections { get; } = [];

    /// <summary>Reads a file that has one heading of the first level at its top.</summary>
    /// <exception cref="PageException">The headings are not nested.</exception>
    public static MarkdownSection Read(string file)
    {
        Stack<MarkdownSection> open = new();
        foreach (Block block in Markdown.Parse(File.ReadAllText(file)))
        {
            if (block is HeadingBlock heading)
            {
                string title = PlainText.OfInlines(heading.Inline, file);
                if (heading.Level > open.Count + 1 || (heading.Level == 1 && open.Count > 0))
                {
                    throw new PageException(file, $"the heading '{title}' is of the wrong level");
                }

                while (open.Count >= heading.Level)
                {
                    open.Pop();
                }

                MarkdownSection section = new(title);
                if (open.TryPeek(out MarkdownSection? parent))
                {
                    parent.Sections.Add(section);
                }

                open.Push(section);
            }
            else if (open.TryPeek(out MarkdownSection? section))
            {
                section.Blocks.Add(block);
            }
            else
            {
                throw new PageException(file, "there is text before the title");
            }
        }

        return open.LastOrDefault() ?? throw new PageException(file, "the page is empty");
    }
}
