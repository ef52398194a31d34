using System;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>How patiently a notification is sent. A backup waits for it at its end, so all of it stays under a minute.
/// </summary>
public sealed record NotificationLimits
{
    /// <summary>How often it is tried again after its first failure, where that may pass.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The pause before the second attempt; each further one is twice as long, give or take. A server that says
    /// when to come back is listened to instead.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, also where a server asks for more.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long all of it may take.</summary>
    public TimeSpan TotalLimit { get; init; } = TimeSpan.FromSeconds(50);
}
