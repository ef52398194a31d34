using System;
using System.Text.RegularExpressions;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>A call of schedules that is installed on this machine.</summary>
/// <param name="Kind">Who calls.</param>
/// <param name="Scope">For whom.</param>
/// <param name="Location">Where it is installed, for people.</param>
/// <param name="Every">How often; null if that cannot be told.</param>
public sealed partial record RegisteredCaller(
    ScheduleCallerKind Kind, ScheduleScope Scope, string Location, TimeSpan? Every)
{
    /// <summary>The interval that an installed text names.</summary>
    internal static TimeSpan? ReadEvery(string text) =>
        EveryWord().Match(text) is { Success: true } match ? Duration.Parse(match.Groups[1].Value) : null;

    [GeneratedRegex(@"BackupModule's schedules have due, every (\w+)")]
    private static partial Regex EveryWord();
}
