namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>What tells one value of a metric from another.</summary>
/// <param name="Name">The label, such as <c>policy</c>.</param>
/// <param name="Value">Its value.</param>
public sealed record MetricLabel(string Name, string Value);
