namespace BackupModule.Core.Policies;

/// <summary>Something about a policy that its owner should know.</summary>
/// <param name="IsError">True if the policy cannot work so; false for what is only worth a thought.</param>
/// <param name="Setting">The member of <see cref="PolicySettings"/> that it is about.</param>
/// <param name="Message">What is the matter.</param>
/// <param name="Guidance">What to do about it.</param>
public sealed record PolicyFinding(bool IsError, string Setting, string Message, string Guidance);
