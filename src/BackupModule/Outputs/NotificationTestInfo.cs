using System;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Outputs;

/// <summary>What <c>Test-BackupNotification</c> found.</summary>
public sealed record NotificationTestInfo
{
    /// <summary>The notification's name.</summary>
    public required string Name { get; init; }

    /// <summary>How it is told.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>True if the receiving side took the message.</summary>
    public required bool Passed { get; init; }

    /// <summary>What the receiving side answered, or where the message was written; else why it was not sent.</summary>
    public required string Evidence { get; init; }

    /// <summary>What to do; null if it passed.</summary>
    public string? NextStep { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static NotificationTestInfo From(NotificationResult result) => new()
    {
        Name = result.Channel,
        Kind = result.Kind,
        Passed = result.Sent,
        Evidence = result.Failure?.Message ?? result.Evidence ?? string.Empty,
        NextStep = result.Failure?.Guidance,
        Attempts = result.Attempts,
        Duration = result.Duration,
    };
}
