namespace BackupModule.Commands.Watching;

/// <summary>How metrics are written.</summary>
public enum MetricFormat
{
    /// <summary>Prometheus' text format.</summary>
    Prometheus,

    /// <summary>JSON.</summary>
    Json,
}
