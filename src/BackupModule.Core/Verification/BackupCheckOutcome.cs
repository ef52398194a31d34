namespace BackupModule.Core.Verification;

/// <summary>The outcome of one check, with what it rests on.</summary>
/// <param name="Name">Which check.</param>
/// <param name="Passed">True if it found nothing wrong.</param>
/// <param name="Evidence">What was looked at, and what was found.</param>
public sealed record BackupCheckOutcome(BackupCheckName Name, bool Passed, string Evidence)
{
    /// <summary>One line for people, e.g. <c>ok Exists: 10 items are there.</c></summary>
    public override string ToString() => $"{(Passed ? "ok" : "FAILED")} {Name}: {Evidence}";
}
