namespace BackupModule.Core.Databases;

/// <summary>Something that <see cref="IDatabaseEngine.TestAsync"/> found.</summary>
/// <param name="IsError">True if a backup would fail; false if it would be made, and something is worth changing.</param>
/// <param name="Check">What was looked at, as one word: <c>Connection</c>, <c>Login</c>, <c>Privilege</c>, <c>Version</c>,
/// <c>Setting</c>, <c>Program</c>, <c>Storage</c>.</param>
/// <param name="Message">What is so.</param>
/// <param name="Guidance">What to do: for a missing right, the statement that grants it.</param>
public sealed record DatabaseFinding(bool IsError, string Check, string Message, string? Guidance);
