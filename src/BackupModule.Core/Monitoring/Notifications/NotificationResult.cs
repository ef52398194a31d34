using System;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>What became of a notification in one channel. Holds no secret.</summary>
public sealed record NotificationResult
{
    /// <summary>The channel's name.</summary>
    public required string Channel { get; init; }

    /// <summary>The channel's kind.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>True if the receiving side took it.</summary>
    public bool Sent => Failure is null;

    /// <summary>Why it was not sent; null if it was.</summary>
    public BackupException? Failure { get; init; }

    /// <summary>What shows that it was taken: the receiving side's answer, or where it was written if there is none; null
    /// if it was not sent.</summary>
    public string? Evidence { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>How long it took, pauses included.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The result as the record of a run keeps it.</summary>
    public RunDelivery ToDelivery() => new(Channel, Sent, Failure?.Message);
}
