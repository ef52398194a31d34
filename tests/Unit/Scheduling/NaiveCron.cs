using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Tests.Scheduling;

/// <summary>The moments of simple cron expressions, found by looking at every minute: numbers, lists and <c>*</c> only.
/// </summary>
internal static class NaiveCron
{
    public static List<DateTimeOffset> Moments(string cron, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to)
    {
        string[] fields = cron.Split(' ');
        bool isInterval = fields[0] == "*" || fields[1] == "*";
        List<DateTimeOffset> moments = [];
        for (DateTimeOffset minute = from; minute < to; minute = minute.AddMinutes(1))
        {
            DateTime local = TimeZoneInfo.ConvertTime(minute, zone).DateTime;
            DateTime before = TimeZoneInfo.ConvertTime(minute.AddMinutes(-1), zone).DateTime;
            bool isRepeated = zone.IsAmbiguousTime(local)
                && zone.GetUtcOffset(minute) == zone.GetAmbiguousTimeOffsets(local).Min();

            // A minute after a gap stands for those that the clocks left out.
            bool comes = (!isRepeated || isInterval) && Fits(local);
            for (DateTime leftOut = before.AddMinutes(1); leftOut < local; leftOut = leftOut.AddMinutes(1))
            {
                comes |= Fits(leftOut);
            }

            if (comes)
            {
                moments.Add(minute);
            }
        }

        return moments;

        bool Fits(DateTime time) =>
            Has(fields[0], time.Minute) && Has(fields[1], time.Hour) && Has(fields[2], time.Day) && Has(fields[3], time.Month)
            && Has(fields[4], (int)time.DayOfWeek);
    }

    private static bool Has(string field, int number) => field == "*" || field.Split(',').Contains($"{number}");
}
