namespace BackupModule.Core.Catalog.Runs;

/// <summary>What became of a notification of a run.</summary>
/// <param name="Channel">The notification channel.</param>
/// <param name="Sent">True if the channel took it.</param>
/// <param name="Failure">Why it did not; null if it did.</param>
public sealed record RunDelivery(string Channel, bool Sent, string? Failure = null);
