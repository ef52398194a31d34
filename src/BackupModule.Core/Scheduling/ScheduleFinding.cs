namespace BackupModule.Core.Scheduling;

/// <summary>Something in a schedule that is wrong, or probably not meant.</summary>
/// <param name="IsError">True if the schedule cannot be used so.</param>
/// <param name="EntryName">The entry; null for the schedule as a whole.</param>
/// <param name="Message">What it is, as a sentence.</param>
/// <param name="Guidance">What to do about it.</param>
public sealed record ScheduleFinding(bool IsError, string? EntryName, string Message, string Guidance);
