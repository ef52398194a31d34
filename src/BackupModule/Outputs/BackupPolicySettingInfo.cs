using BackupModule.Core.Policies;

namespace BackupModule.Outputs;

/// <summary>One setting as it holds for a policy, and where it is from.</summary>
public sealed record BackupPolicySettingInfo
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The setting's name.</summary>
    public required string Setting { get; init; }

    /// <summary>Its value; null where nobody says and nothing is built in.</summary>
    public object? Value { get; init; }

    /// <summary>The value on one line.</summary>
    public required string Text { get; init; }

    /// <summary>The policy that says so; null for what is built in.</summary>
    public string? Origin { get; init; }

    internal static BackupPolicySettingInfo From(EffectivePolicy policy, EffectiveSetting setting) => new()
    {
        PolicyName = policy.Name,
        Setting = setting.Name,
        Value = setting.Value,
        Text = PolicySettingText.Describe(setting.Value),
        Origin = setting.Origin,
    };
}
