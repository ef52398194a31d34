using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling;

/// <summary>An entry that was dealt with up to a moment that is to come: the machine's clock was moved back.</summary>
/// <param name="EntryName">The entry, which goes on by the clock as it is.</param>
/// <param name="HandledUntil">How far it was.</param>
/// <param name="Now">What the clock says.</param>
public sealed record ClockMove(string EntryName, DateTimeOffset HandledUntil, DateTimeOffset Now)
{
    /// <summary>The facts, for people.</summary>
    public string Message =>
        $"The machine's clock was moved back: entry '{EntryName}' was dealt with until {HandledUntil:yyyy-MM-dd HH:mm:ss zzz}, "
        + $"and it is {Now:yyyy-MM-dd HH:mm:ss zzz} ({Duration.Format(TimeSpan.FromMinutes(Math.Round((HandledUntil - Now).TotalMinutes)))} earlier). "
        + "It goes on by the clock as it is, and is due next when that says so.";
}
