namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>What somebody is told of an alert.</summary>
public enum AlertEventKind
{
    /// <summary>Something is wrong.</summary>
    Opened,

    /// <summary>It is still wrong, or has become worse.</summary>
    Repeated,

    /// <summary>It is right again.</summary>
    Recovered,
}
