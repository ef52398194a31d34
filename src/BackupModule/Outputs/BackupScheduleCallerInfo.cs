using System;
using BackupModule.Core.Scheduling.Installers;

namespace BackupModule.Outputs;

/// <summary>A call of the schedules that is installed on this machine.</summary>
public sealed record BackupScheduleCallerInfo
{
    /// <summary>Who calls.</summary>
    public required ScheduleCallerKind Using { get; init; }

    /// <summary>For whom.</summary>
    public required ScheduleScope Scope { get; init; }

    /// <summary>Where it is installed.</summary>
    public required string Location { get; init; }

    /// <summary>How often; null if that cannot be told.</summary>
    public TimeSpan? Every { get; init; }

    internal static BackupScheduleCallerInfo From(RegisteredCaller caller) => new()
    {
        Using = caller.Kind,
        Scope = caller.Scope,
        Location = caller.Location,
        Every = caller.Every,
    };
}
