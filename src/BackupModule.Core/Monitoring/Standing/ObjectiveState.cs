namespace BackupModule.Core.Monitoring.Standing;

/// <summary>Whether a target is met.</summary>
public enum ObjectiveState
{
    /// <summary>Nothing was seen by which to tell.</summary>
    Unknown,

    /// <summary>It is met.</summary>
    Met,

    /// <summary>It is not met.</summary>
    Missed,
}
