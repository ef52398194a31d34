using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Monitoring.Metrics;

namespace BackupModule.Outputs;

/// <summary>One value of a metric.</summary>
public sealed record BackupMetricInfo
{
    /// <summary>The metric's name, which ends with its unit.</summary>
    public required string Name { get; init; }

    /// <summary>What tells the value from others of the metric, by label.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The labels as Prometheus writes them.</summary>
    public required string LabelText { get; init; }

    /// <summary>The value.</summary>
    public required double Value { get; init; }

    /// <summary>What it is.</summary>
    public required string Help { get; init; }

    internal static BackupMetricInfo From(MetricFamily family, MetricSample sample) => new()
    {
        Name = family.Name,
        Labels = sample.Labels.ToDictionary(
            static label => label.Name, static label => label.Value, StringComparer.OrdinalIgnoreCase),
        LabelText = PrometheusText.Format(sample.Labels),
        Value = sample.Value,
        Help = family.Help,
    };
}
