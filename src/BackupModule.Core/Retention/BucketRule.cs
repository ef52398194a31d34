using System;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>
/// A rule that keeps the newest backup of each period, for so many periods that have a backup, or for those after a
/// moment. It is asked for one backup after the other, the newest first.
/// </summary>
internal sealed class BucketRule
{
    private readonly CalendarPeriod? _period;
    private readonly FileTimestamp? _after;
    private readonly string _reason;
    private int _left;
    private long _last = -1;

    private BucketRule(CalendarPeriod? period, int left, FileTimestamp? after, string reason)
    {
        _period = period;
        _left = left;
        _after = after;
        _reason = reason;
    }

    /// <summary>Keeps so many; <see cref="RetentionRules.Unlimited"/> for all. Without a period, every backup counts.
    /// </summary>
    public static BucketRule Counted(CalendarPeriod? period, int count, string reason) => new(period, count, null, reason);

    /// <summary>Keeps those after a moment.</summary>
    public static BucketRule Within(CalendarPeriod? period, FileTimestamp after, string reason) =>
        new(period, RetentionRules.Unlimited, after, reason);

    /// <summary>Why the rule keeps the backup; null if it does not.</summary>
    /// <param name="time">When the backup was made.</param>
    /// <param name="wall">The same on the wall of its machine.</param>
    /// <param name="place">Its place among all, the newest being 0.</param>
    public string? Keeps(FileTimestamp time, DateTime wall, int place)
    {
        if (_left == 0 || (_after is { } after && time.CompareMoment(after) <= 0))
        {
            return null;
        }

        // As in restic, only neighbours are compared: where clocks were set back, an hour may come twice.
        long number = _period?.NumberOf(wall) ?? place;
        if (number == _last)
        {
            return null;
        }

        _last = number;
        _left -= _left > 0 ? 1 : 0;
        return _reason;
    }
}
