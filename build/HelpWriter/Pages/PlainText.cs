using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace BackupModule.HelpWriter.Pages;

/// <summary>Markdown as text for a terminal.</summary>
internal static class PlainText
{
    /// <summary>Marks a paragraph whose lines must stay as they are.</summary>
    public const string CodeIndent = "    ";

    /// <summary>The paragraphs of the blocks: one for a paragraph, an item of a list or a block of code.</summary>
    /// <exception cref="PageException">They hold something that has no form as text.</exception>
    public static IEnumerable<string> Of(IEnumerable<Block> blocks, string file)
    {
        foreach (Block block in blocks)
        {
            switch (block)
            {
                case ParagraphBlock paragraph:
                    yield return OfInlines(paragraph.Inline, file);
                    break;
                case CodeBlock code:
                    yield return string.Join('\n', OfCode(code).Split('\n').Select(static line => CodeIndent + line));
                    break;
                case ListBlock list:
                    foreach (string item in OfList(list, file))
                    {
                        yield return item;
                    }

                    break;
                default:
                    throw new PageException(file, $"line {block.Line + 1}: help has no {block.GetType().Name}");
            }
        }
    }

    /// <summary>The lines of a block of code.</summary>
    public static string OfCode(CodeBlock code) => code.Lines.ToString().TrimEnd();

    /// <summary>The text of one paragraph or heading.</summary>
    public static string OfInlines(ContainerInline? inlines, string file)
    {
        StringBuilder text = new();
        Append(text, inlines, file);
        return text.ToString();
    }

    private static IEnumerable<string> OfList(ListBlock list, string file)
    {
        int number = 1;
        foreach (ListItemBlock item in list.Cast<ListItemBlock>())
        {
            string mark = list.IsOrdered ? number++.ToString(CultureInfo.InvariantCulture) + "." : "-";
            yield return $"{mark} {string.Join(' ', Of(item, file))}";
        }
    }

    private static void Append(StringBuilder text, ContainerInline? inlines, string file)
    {
        foreach (Inline inline in inlines ?? Enumerable.Empty<Inline>())
        {
            switch (inline)
            {
                case LiteralInline literal:
                    text.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case LineBreakInline:
                    text.Append(' ');
                    break;
                case ContainerInline container:
                    Append(text, container, file);
                    break;
                default:
                    throw new PageException(file, $"line {inline.Line + 1}: help has no {inline.GetType().Name}");
            }
        }
    }
}
