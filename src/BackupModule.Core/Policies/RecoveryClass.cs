namespace BackupModule.Core.Policies;

/// <summary>How soon an application must be back, and how much of its latest work may be lost.</summary>
public enum RecoveryClass
{
    /// <summary>Back in 15 minutes, at most an hour lost.</summary>
    Critical,

    /// <summary>Back in an hour, at most a day lost.</summary>
    Production,

    /// <summary>Back in four hours, at most a day lost.</summary>
    NonCritical,

    /// <summary>Back in four hours, at most a week lost.</summary>
    Development,
}
