using System;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>Date and time on the wall of the machine that a time was recorded on.</summary>
internal static class WallTime
{
    /// <summary>The wall's time, to the second; the nearest that a <see cref="DateTime"/> can be.</summary>
    public static DateTime Of(FileTimestamp time)
    {
        const long SecondsBeforeEpoch = 62_135_596_800;
        const long LastSecond = 253_402_300_799;
        long seconds = Math.Clamp(time.Seconds, -SecondsBeforeEpoch, LastSecond) + (time.OffsetMinutes * 60L);
        return DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, -SecondsBeforeEpoch, LastSecond));
    }
}
