namespace BackupModule.Core.Policies;

/// <summary>One setting as it holds for a policy.</summary>
/// <param name="Name">The member of <see cref="PolicySettings"/>.</param>
/// <param name="Value">Its value; null where nobody says and nothing is built in.</param>
/// <param name="Origin">The policy that says so; null for what is built in.</param>
public sealed record EffectiveSetting(string Name, object? Value, string? Origin);
