using System.Collections.Generic;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>One value of a metric.</summary>
/// <param name="Labels">What tells it from others, ordered by name.</param>
/// <param name="Value">The value, in the unit that the metric's name ends with.</param>
public sealed record MetricSample(IReadOnlyList<MetricLabel> Labels, double Value);
