using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>Metrics in Prometheus' text format, version 0.0.4.</summary>
public static class PrometheusText
{
    /// <summary>The text: for each metric its help, its type and its values, in the order given, each line ended by a line
    /// feed.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        StringBuilder text = new();
        foreach (MetricFamily family in families.Where(static family => family.Samples.Count > 0))
        {
            text.Append("# HELP ").Append(family.Name).Append(' ');
            Escape(text, family.Help, isLabel: false);
            text.Append("\n# TYPE ").Append(family.Name).Append(" gauge\n");
            foreach (MetricSample sample in family.Samples)
            {
                text.Append(family.Name);
                AppendLabels(text, sample.Labels);
                text.Append(' ').Append(Format(sample.Value)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The labels as they stand in the text, such as <c>{policy="shop"}</c>; empty where there are none.</summary>
    public static string Format(IReadOnlyList<MetricLabel> labels)
    {
        StringBuilder text = new();
        AppendLabels(text, labels);
        return text.ToString();
    }

    private static void AppendLabels(StringBuilder text, IReadOnlyList<MetricLabel> labels)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            Escape(text, labels[i].Value, isLabel: true);
            text.Append('"');
        }

        if (labels.Count > 0)
        {
            text.Append('}');
        }
    }

    private static void Escape(StringBuilder text, string value, bool isLabel)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '"' when isLabel => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }

    // The shortest text that reads back to the same number; Go, whose parser reads it, spells infinities its own way.
    private static string Format(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
