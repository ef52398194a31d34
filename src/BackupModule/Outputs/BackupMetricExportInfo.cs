using System;
using BackupModule.Commands.Watching;

namespace BackupModule.Outputs;

/// <summary>A file of metrics that was written.</summary>
public sealed record BackupMetricExportInfo
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Its format.</summary>
    public required MetricFormat Format { get; init; }

    /// <summary>How many metrics are in it.</summary>
    public required int Metrics { get; init; }

    /// <summary>How many values they have.</summary>
    public required int Values { get; init; }

    /// <summary>When the values were collected.</summary>
    public required DateTimeOffset CollectedAt { get; init; }
}
