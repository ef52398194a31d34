using System;

namespace BackupModule.Core.Catalog.Alerts;

/// <summary>Something that is wrong, from the moment it was seen to the moment it was right again.</summary>
public sealed record AlertRecord
{
    /// <summary>Unique everywhere: 32 hexadecimal digits, of which earlier alerts have smaller ones.</summary>
    public required string AlertId { get; init; }

    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>The policy; null for an alert of a repository alone.</summary>
    public string? PolicyName { get; init; }

    /// <summary>What of the policy: the name of a repository or of a schedule's entry; null for the policy itself. There
    /// is one open alert for each kind, policy and subject.</summary>
    public string? Subject { get; init; }

    /// <summary>What is wrong, with figures.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Guidance { get; init; }

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it was last seen.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>When somebody was last told; null if nobody was.</summary>
    public DateTimeOffset? NotifiedAt { get; init; }

    /// <summary>How often somebody was told.</summary>
    public int Notifications { get; init; }

    /// <summary>When it was right again; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>A new id for an alert that is opened now.</summary>
    public static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");
}
