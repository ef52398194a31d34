using System;
using System.Collections.Generic;
using BackupModule.Core.Retention;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;

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
        Schedule = Schedules.Default,
        Retention = RetentionRules.Default,
        CopyRetention = new Dictionary<string, RetentionRules>(),
        NotifyChannels = [],
        Hooks = [],
        Restart = [],
        HealthChecks = [],
        HealthCheckTimeout = TimeSpan.FromMinutes(1),
        RecoveryClass = RecoveryClass.Production,
        RequiredFiles = [],
        Hosts = [],
    };
}
