using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>
/// The hold on a backup: a tag such as <c>hold:2027-01-31T00:00:00Z</c>, so that restic shows it, and copies of the backup
/// carry it.
/// </summary>
public static class SnapshotHold
{
    private const string Prefix = "hold:";
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>True for the tag of a hold.</summary>
    public static bool IsHold(string tag) => tag.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The end of the hold that tags tell, the latest of several; null for none. A hold whose end cannot be read
    /// has none.</summary>
    public static DateTimeOffset? Of(IEnumerable<string>? tags) =>
        (tags ?? []).Where(IsHold).Select(static tag => (DateTimeOffset?)Read(tag[Prefix.Length..])).Max();

    /// <summary>The tags without any hold, or with this one alone.</summary>
    public static IReadOnlyList<string> Set(IEnumerable<string>? tags, DateTimeOffset? until) =>
    [
        .. (tags ?? []).Where(static tag => !IsHold(tag)),
        .. until is { } end ? [Prefix + end.ToUniversalTime().ToString(Format, CultureInfo.InvariantCulture)] : (string[])[],
    ];

    private static DateTimeOffset Read(string text) => DateTimeOffset.TryParse(
        text,
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out DateTimeOffset until) ? until : DateTimeOffset.MaxValue;
}
