namespace BackupModule.Core.Catalog.Alerts;

/// <summary>How much something matters, in rising order.</summary>
public enum AlertSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Somebody should look at it.</summary>
    Warning,

    /// <summary>Data is at risk.</summary>
    Critical,
}
