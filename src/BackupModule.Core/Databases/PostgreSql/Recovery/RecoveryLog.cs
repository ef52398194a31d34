using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>Reads out of a server's log how far its recovery went.</summary>
internal static partial class RecoveryLog
{
    /// <summary>Where replay ended, and when the last transaction that was replayed was committed; null for what the log does
    /// not say.</summary>
    public static (string? Position, DateTimeOffset? LastCommit) Read(IReadOnlyList<string> log)
    {
        string? position = log.Select(static line => Done().Match(line)).LastOrDefault(static match => match.Success)?.Groups["lsn"].Value;
        Match? last = log.Select(static line => LastTransaction().Match(line)).LastOrDefault(static match => match.Success);
        return (
            position,
            last is not null && DateTimeOffset.TryParse(
                last.Groups["time"].Value, CultureInfo.InvariantCulture, out DateTimeOffset time) ? time : null);
    }

    [GeneratedRegex(@"redo done at (?<lsn>[0-9A-F]+/[0-9A-F]+)")]
    private static partial Regex Done();

    [GeneratedRegex(@"last completed transaction was at log time (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:?\d\d)?)")]
    private static partial Regex LastTransaction();
}
