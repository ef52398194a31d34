using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>Gathers values. What is not known is left out: a 0 would say something else.</summary>
internal sealed class MetricSet
{
    private readonly SortedDictionary<string, (string Help, SortedDictionary<string, MetricSample> Samples)> _families =
        new(StringComparer.Ordinal);

    /// <summary>The metrics that have values, by name.</summary>
    public IReadOnlyList<MetricFamily> Families =>
    [
        .. _families.Select(static family =>
            new MetricFamily(family.Key, family.Value.Help, [.. family.Value.Samples.Values])),
    ];

    /// <summary>Adds a value, unless it is null or one with these labels is there.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="value">The value; null if it is not known.</param>
    /// <param name="labels">The labels; those without a value are left out.</param>
    public void Add(MetricName metric, double? value, params ReadOnlySpan<(string Name, string? Value)> labels)
    {
        if (value is not { } known)
        {
            return;
        }

        List<MetricLabel> set = [];
        foreach ((string name, string? text) in labels)
        {
            if (text is not null)
            {
                set.Add(new MetricLabel(name, text));
            }
        }

        set.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        if (!_families.TryGetValue(metric.Name, out var family))
        {
            family = (metric.Help, new SortedDictionary<string, MetricSample>(StringComparer.Ordinal));
            _families.Add(metric.Name, family);
        }

        family.Samples.TryAdd(
            string.Join('\0', set.Select(static label => $"{label.Name}\0{label.Value}")), new MetricSample(set, known));
    }

    /// <summary>Adds a moment as seconds since 1970.</summary>
    public void Add(MetricName metric, DateTimeOffset? moment, params ReadOnlySpan<(string Name, string? Value)> labels) =>
        Add(metric, moment?.ToUnixTimeMilliseconds() / 1000.0, labels);

    /// <summary>Adds a length of time in seconds.</summary>
    public void Add(MetricName metric, TimeSpan? length, params ReadOnlySpan<(string Name, string? Value)> labels) =>
        Add(metric, length?.TotalSeconds, labels);
}
