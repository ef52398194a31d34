namespace BackupModule.Core.Policies;

/// <summary>How large a policy's backup is expected to be: the bytes of all its files.</summary>
/// <param name="Minimum">At least so many bytes; null for no bound.</param>
/// <param name="Maximum">At most so many bytes; null for no bound.</param>
public sealed record SizeRange(long? Minimum = null, long? Maximum = null);
