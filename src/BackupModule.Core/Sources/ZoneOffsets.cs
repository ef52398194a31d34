using System;
using System.Threading;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources;

/// <summary>Spells times in a zone. The zone is asked once for each hour at whose ends its offset is the same; offsets
/// do not change twice within an hour. Members may be called from many threads at once.</summary>
internal sealed class ZoneOffsets(TimeZoneInfo zone)
{
    private const int SecondsPerHour = 3600;
    private const int Cells = 1024;
    private const int OffsetBits = 16;

    // A cell is the number of an hour and the offset in it in minutes, in one word that is read and written whole.
    private readonly long[] _cells = NewCells();

    /// <summary>The moment, with the offset that the zone has then.</summary>
    public FileTimestamp Spell(long seconds, int nanoseconds)
    {
        long hour = Math.DivRem(seconds, SecondsPerHour, out long rest) - (rest < 0 ? 1 : 0);
        ref long cell = ref _cells[(int)(hour & (Cells - 1))];
        long known = Volatile.Read(ref cell);
        if (known >> OffsetBits == hour)
        {
            return new FileTimestamp(seconds, nanoseconds, (short)known);
        }

        FileTimestamp time = FileTimestamp.FromUnix(seconds, nanoseconds, zone);
        long start = hour * SecondsPerHour;
        if (time.Seconds == seconds
            && FileTimestamp.FromUnix(start, 0, zone).OffsetMinutes == time.OffsetMinutes
            && FileTimestamp.FromUnix(start + SecondsPerHour - 1, 999_999_999, zone).OffsetMinutes == time.OffsetMinutes)
        {
            Volatile.Write(ref cell, (hour << OffsetBits) | (ushort)time.OffsetMinutes);
        }

        return time;
    }

    private static long[] NewCells()
    {
        long[] cells = new long[Cells];
        Array.Fill(cells, long.MaxValue);
        return cells;
    }
}
