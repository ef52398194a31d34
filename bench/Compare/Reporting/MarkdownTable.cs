using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace BackupModule.Compare.Reporting;

/// <summary>A table in Markdown whose columns line up on a console too.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="headings">The headings; those that end with a colon head figures, which stand right.</param>
    /// <param name="rows">The rows, each with as many cells as there are headings.</param>
    public static string Write(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        string[] titles = [.. headings.Select(static heading => heading.TrimEnd(':'))];
        bool[] isRight = [.. headings.Select(static heading => heading.EndsWith(':'))];
        int[] widths = [.. titles.Select((title, column) =>
            Math.Max(title.Length, rows.Select(row => row[column].Length).DefaultIfEmpty().Max()))];
        StringBuilder output = new();
        AppendRow(output, titles, widths, isRight);
        AppendRow(
            output,
            [.. widths.Select((width, column) => isRight[column] ? new string('-', width - 1) + ':' : new string('-', width))],
            widths,
            isRight);
        foreach (IReadOnlyList<string> row in rows)
        {
            AppendRow(output, row, widths, isRight);
        }

        return output.ToString();
    }

    private static void AppendRow(StringBuilder output, IReadOnlyList<string> cells, int[] widths, bool[] isRight)
    {
        for (int i = 0; i < cells.Count; i++)
        {
            string cell = isRight[i] ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]);
            output.Append("| ").Append(cell).Append(' ');
        }

        output.Append("|\n");
    }
}
