using System;

namespace BackupModule.Core.Policies;

/// <summary>What a project is, how safe it must be, and what is done for it. Holds no secret.</summary>
public sealed record BackupPolicy
{
    /// <summary>The name of the policy that others inherit from where they do not say.</summary>
    public const string DefaultName = "default";

    /// <summary>The name users type; the rules of repository names hold.</summary>
    public required string Name { get; init; }

    /// <summary>True for the default policy itself, which is nobody's project.</summary>
    public bool IsDefault => Name.Equals(DefaultName, StringComparison.OrdinalIgnoreCase);

    /// <summary>The policy that it inherits from; null for the default policy.</summary>
    public string? BasedOn { get; init; }

    /// <summary>What it says itself.</summary>
    public PolicySettings Settings { get; init; } = new();

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}
