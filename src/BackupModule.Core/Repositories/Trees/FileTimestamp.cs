using System;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// A file's time to the nanosecond, with the zone offset it was recorded under. <see cref="DateTimeOffset"/> ends at
/// 100 ns, which would make every file look changed to restic.
/// </summary>
/// <param name="Seconds">Seconds since 1970-01-01T00:00:00Z; negative before.</param>
/// <param name="Nanoseconds">0 to 999,999,999, always counted forward from <paramref name="Seconds"/>.</param>
/// <param name="OffsetMinutes">Minutes east of UTC. Part of the spelling, not of the moment.</param>
public readonly record struct FileTimestamp(long Seconds, int Nanoseconds, short OffsetMinutes)
{
    private const long MinSeconds = -62_167_219_200; // 0000-01-01T00:00:00Z
    private const long MaxSeconds = 253_402_300_799; // 9999-12-31T23:59:59Z
    private const int MaxRuntimeOffset = 14 * 60;

    /// <summary>The moment as <see cref="DateTimeOffset"/>, cut to 100 ns and to the years 1 to 9999.</summary>
    /// <remarks>RFC 3339 allows offsets up to 23:59, .NET only up to 14:00; the moment stays the same.</remarks>
    public DateTimeOffset ToDateTimeOffset()
    {
        TimeSpan offset = TimeSpan.FromMinutes(Math.Clamp((int)OffsetMinutes, -MaxRuntimeOffset, MaxRuntimeOffset));
        long ticks = Math.Clamp(Seconds, MinSeconds + (368 * 86_400), MaxSeconds - 86_400) * TimeSpan.TicksPerSecond;
        return new DateTimeOffset(DateTime.UnixEpoch.Ticks + ticks + (Nanoseconds / 100), TimeSpan.Zero)
            .ToOffset(offset);
    }

    /// <summary>The moment in the given zone, as restic spells file times.</summary>
    /// <remarks>Years outside 0 to 9999 become the nearest year in it, as with restic; day and time stay.</remarks>
    public static FileTimestamp FromUnix(long seconds, int nanoseconds, TimeZoneInfo zone)
    {
        FileTimestamp utc = new(
            seconds is < MinSeconds or > MaxSeconds ? GoTime.MoveIntoYears(seconds) : seconds, nanoseconds, 0);
        return utc with { OffsetMinutes = (short)zone.GetUtcOffset(utc.ToDateTimeOffset()).TotalMinutes };
    }

    /// <summary>A moment with the offset it carries.</summary>
    public static FileTimestamp FromDateTimeOffset(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTime.UnixEpoch.Ticks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        return new FileTimestamp(seconds, (int)rest * 100, (short)time.Offset.TotalMinutes);
    }

    /// <summary>True if both name the same moment, whatever their zones.</summary>
    public bool IsSameMoment(FileTimestamp other) => Seconds == other.Seconds && Nanoseconds == other.Nanoseconds;

    /// <summary>Negative, zero or positive as this moment is before, at or after the other.</summary>
    public int CompareMoment(FileTimestamp other)
    {
        int order = Seconds.CompareTo(other.Seconds);
        return order != 0 ? order : Nanoseconds.CompareTo(other.Nanoseconds);
    }
}
