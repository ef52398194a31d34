using System;

namespace BackupModule.Core.Scheduling;

/// <summary>An entry whose job should have been begun and was not.</summary>
/// <param name="EntryName">The entry.</param>
/// <param name="DueAt">When the first job that is missing was due.</param>
/// <param name="Since">Since when it counts as overdue.</param>
public sealed record OverdueEntry(string EntryName, DateTimeOffset DueAt, DateTimeOffset Since);
