namespace BackupModule.Core.Verification;

/// <summary>An attempt to damage a repository, and how it ended.</summary>
/// <param name="Attempt">What was tried, as a stable name.</param>
/// <param name="Target">What it was tried on: a store key.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">What was seen.</param>
/// <param name="NextStep">What to do about it; null if nothing is to be done.</param>
public sealed record TamperFinding(
    string Attempt, string Target, TamperOutcome Outcome, string Message, string? NextStep);
