namespace BackupModule.Core.Monitoring.Status;

/// <summary>How something stands, judged by what happened.</summary>
public enum HealthState
{
    /// <summary>All that was seen is as it should be.</summary>
    Ok,

    /// <summary>Too little was seen to say so.</summary>
    Unknown,

    /// <summary>Somebody should look at it.</summary>
    Warning,

    /// <summary>Data is at risk.</summary>
    Critical,
}
