using System;
using System.Linq;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;

namespace BackupModule.Outputs;

/// <summary>What retention decides for a backup. <c>Invoke-BackupRetention</c> takes it from the pipeline.</summary>
public sealed record RetentionDecisionInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The backup's id, 64 hexadecimal digits.</summary>
    public required string BackupId { get; init; }

    /// <summary>The first 8 digits, which name it just as well.</summary>
    public string ShortId => BackupId[..8];

    /// <summary>When the backup started.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the backup is in its schedule; null where it does not tell.</summary>
    public BackupKind? Kind { get; init; }

    /// <summary>The policy that made it; null for none.</summary>
    public string? PolicyName { get; init; }

    /// <summary>Those that it was judged with: a policy, or a machine with its paths.</summary>
    public required string Group { get; init; }

    /// <summary>The machine that was backed up.</summary>
    public required string HostName { get; init; }

    /// <summary>The absolute paths that were backed up.</summary>
    public required string[] Path { get; init; }

    /// <summary>The tags.</summary>
    public required string[] Tag { get; init; }

    /// <summary>True if it stays.</summary>
    public required bool Keep { get; init; }

    /// <summary>Why, in plain words; all that apply.</summary>
    public required string[] Reason { get; init; }

    /// <summary>The plan that the decision is part of.</summary>
    internal RetentionPlan Plan { get; private init; } = null!;

    internal static RetentionDecisionInfo From(RetentionDecision decision, RetentionPlan plan, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        BackupId = decision.Snapshot.Id.ToString(),
        Time = decision.Snapshot.Time.ToDateTimeOffset(),
        Kind = decision.Kind,
        PolicyName = decision.Group.PolicyName,
        Group = decision.Group.ToString(),
        HostName = decision.Snapshot.HostName ?? string.Empty,
        Path = [.. decision.Snapshot.Paths],
        Tag = decision.Snapshot.Tags?.ToArray() ?? [],
        Keep = decision.IsKept,
        Reason = [.. decision.Reasons],
        Plan = plan,
    };
}
