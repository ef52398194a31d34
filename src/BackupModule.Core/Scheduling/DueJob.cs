using System;
using System.Collections.Generic;

namespace BackupModule.Core.Scheduling;

/// <summary>A job that is to be done.</summary>
/// <param name="Entry">What is done. Reads every byte if any entry that it serves asks for that.</param>
/// <param name="DueAt">When it was due, jitter included; the newest time, if it was missed several times.</param>
/// <param name="IsCatchUp">True if that was so long ago that nobody was there to begin it.</param>
/// <param name="Handles">How far it brings the entries that it serves, by their names.</param>
public sealed record DueJob(
    ScheduleEntry Entry, DateTimeOffset DueAt, bool IsCatchUp, IReadOnlyDictionary<string, DateTimeOffset> Handles);
