using BackupModule.Core.Scanning;

namespace BackupModule.Core.Policies;

/// <summary>What holds where no policy says otherwise.</summary>
public static class PolicyDefaults
{
    /// <summary>The settings.</summary>
    public static PolicySettings Settings { get; } = new()
    {
        Enabled = true,
        CopyTo = [],
        Components = [],
        Exclude = new ExcludeOptions { ExcludeCaches = true },
        Schedule = [],
        NotifyChannels = [],
        NotifyMode = NotificationMode.FailuresOnly,
        Hooks = [],
        Restart = [],
        RecoveryClass = RecoveryClass.Production,
        RequiredFiles = [],
        Hosts = [],
    };
}
