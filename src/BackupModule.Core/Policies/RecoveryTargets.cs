using System;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Policies;

/// <summary>How soon an application must be back, and how much of its latest work may be lost.</summary>
public sealed record RecoveryTargets
{
    /// <summary>The recovery time objective: the longest that it may take until it works again.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public required TimeSpan Time { get; init; }

    /// <summary>The recovery point objective: how old the newest backup may get.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public required TimeSpan Point { get; init; }

    /// <summary>The targets of a class.</summary>
    public static RecoveryTargets Of(RecoveryClass recoveryClass)
    {
        (TimeSpan time, TimeSpan point) = recoveryClass switch
        {
            RecoveryClass.Critical => (TimeSpan.FromMinutes(15), TimeSpan.FromHours(1)),
            RecoveryClass.Production => (TimeSpan.FromHours(1), TimeSpan.FromHours(24)),
            RecoveryClass.NonCritical => (TimeSpan.FromHours(4), TimeSpan.FromHours(24)),
            _ => (TimeSpan.FromHours(4), TimeSpan.FromDays(7)),
        };
        return new RecoveryTargets { Time = time, Point = point };
    }
}
