using System.Collections.Generic;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>A metric with its values. All of them are gauges: what is counted is counted over a window, and can fall.
/// </summary>
/// <param name="Name">The name, which ends with the unit: <c>_seconds</c>, <c>_bytes</c>, <c>_ratio</c>; moments are seconds
/// since 1970 and end with <c>_timestamp_seconds</c>.</param>
/// <param name="Help">What it is, in one line.</param>
/// <param name="Samples">The values, no two with the same labels, in a fixed order.</param>
public sealed record MetricFamily(string Name, string Help, IReadOnlyList<MetricSample> Samples);
