using System;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Outputs;

/// <summary>An alert: something that is or was wrong.</summary>
public sealed record BackupAlertInfo
{
    /// <summary>The alert's id, 32 hexadecimal digits.</summary>
    public required string AlertId { get; init; }

    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>How much it matters; the most that it did while it was open.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>The policy; null for an alert of a repository alone.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The repository or the schedule's entry; null for the policy itself.</summary>
    public string? Subject { get; init; }

    /// <summary>What is wrong, with figures.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Guidance { get; init; }

    /// <summary>True while it is wrong.</summary>
    public bool IsOpen => ClosedAt is null;

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it was last seen.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>When somebody was last told; null if nobody was.</summary>
    public DateTimeOffset? NotifiedAt { get; init; }

    /// <summary>How often somebody was told, of those just before it that it goes on from, too.</summary>
    public int Notifications { get; init; }

    /// <summary>When it was right again; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    internal static BackupAlertInfo From(AlertRecord alert) => new()
    {
        AlertId = alert.AlertId,
        Kind = alert.Kind,
        Severity = alert.Severity,
        PolicyName = alert.PolicyName,
        Subject = alert.Subject,
        Message = alert.Message,
        Guidance = alert.Guidance,
        OpenedAt = alert.OpenedAt,
        SeenAt = alert.SeenAt,
        NotifiedAt = alert.NotifiedAt,
        Notifications = alert.Notifications,
        ClosedAt = alert.ClosedAt,
    };
}
