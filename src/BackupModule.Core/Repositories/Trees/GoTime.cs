using System;
using System.Globalization;
using System.Text;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// RFC 3339 as Go writes it: up to nine fractional digits without trailing zeros, <c>Z</c> for UTC, else
/// <c>+hh:mm</c>. Years run from 0 to 9999; .NET's calendar starts at 1, so the arithmetic is done here.
/// </summary>
public static class GoTime
{
    /// <summary>The longest text, in bytes.</summary>
    public const int MaxLength = 35;

    private const long SecondsPerDay = 86_400;

    /// <summary>Writes the time as ASCII and returns the length.</summary>
    /// <param name="time">A time whose local year is 0 to 9999.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    public static int Format(FileTimestamp time, Span<byte> destination)
    {
        long local = time.Seconds + (time.OffsetMinutes * 60L);
        (long days, long second) = SplitDays(local);
        (long year, int month, int day) = CivilFromDays(days);
        int length = 0;
        length += Digits(destination[length..], NearestYear(year), 4);
        destination[length++] = (byte)'-';
        length += Digits(destination[length..], month, 2);
        destination[length++] = (byte)'-';
        length += Digits(destination[length..], day, 2);
        destination[length++] = (byte)'T';
        length += Digits(destination[length..], (int)(second / 3600), 2);
        destination[length++] = (byte)':';
        length += Digits(destination[length..], (int)(second / 60 % 60), 2);
        destination[length++] = (byte)':';
        length += Digits(destination[length..], (int)(second % 60), 2);
        if (time.Nanoseconds != 0)
        {
            destination[length++] = (byte)'.';
            length += Digits(destination[length..], time.Nanoseconds, 9);
            while (destination[length - 1] == '0')
            {
                length--;
            }
        }

        if (time.OffsetMinutes == 0)
        {
            destination[length++] = (byte)'Z';
            return length;
        }

        int offset = Math.Abs((int)time.OffsetMinutes);
        destination[length++] = time.OffsetMinutes < 0 ? (byte)'-' : (byte)'+';
        length += Digits(destination[length..], offset / 60, 2);
        destination[length++] = (byte)':';
        return length + Digits(destination[length..], offset % 60, 2);
    }

    /// <summary>The time as text.</summary>
    public static string Format(FileTimestamp time)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(buffer[..Format(time, buffer)]);
    }

    /// <summary>Reads a time, keeping its offset and its nanoseconds.</summary>
    /// <exception cref="FormatException">The text is not an RFC 3339 time.</exception>
    public static FileTimestamp Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't'
            || text[13] != ':' || text[16] != ':')
        {
            throw Malformed(text);
        }

        int year = Number(text, 0, 4);
        int month = Number(text, 5, 2);
        int day = Number(text, 8, 2);
        int hour = Number(text, 11, 2);
        int minute = Number(text, 14, 2);
        int second = Number(text, 17, 2);
        int position = 19;
        int nanoseconds = 0;
        if (text[position] == '.')
        {
            position++;
            int scale = 100_000_000;
            for (; position < text.Length && char.IsAsciiDigit((char)text[position]); position++)
            {
                nanoseconds += (text[position] - '0') * scale;
                scale /= 10;
            }
        }

        int offset = ParseOffset(text, position);
        if (month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            throw Malformed(text);
        }

        long local = (DaysFromCivil(year, month, day) * SecondsPerDay) + (hour * 3600) + (minute * 60) + second;
        return new FileTimestamp(local - (offset * 60L), nanoseconds, (short)offset);
    }

    /// <summary>Reads a time, keeping its offset and its nanoseconds.</summary>
    /// <exception cref="FormatException">The text is not an RFC 3339 time.</exception>
    public static FileTimestamp Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>The seconds of the same day and time of day in the nearest year that can be spelled.</summary>
    internal static long MoveIntoYears(long seconds)
    {
        (long days, long second) = SplitDays(seconds);
        (long year, int month, int day) = CivilFromDays(days);
        return (DaysFromCivil(NearestYear(year), month, day) * SecondsPerDay) + second;
    }

    private static int NearestYear(long year) => (int)Math.Clamp(year, 0, 9999);

    private static (long Days, long Second) SplitDays(long seconds)
    {
        long days = Math.DivRem(seconds, SecondsPerDay, out long second);
        return second < 0 ? (days - 1, second + SecondsPerDay) : (days, second);
    }

    private static int ParseOffset(ReadOnlySpan<byte> text, int position)
    {
        ReadOnlySpan<byte> zone = text[position..];
        if (zone.Length == 1 && (zone[0] | 0x20) == 'z')
        {
            return 0;
        }

        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':')
        {
            throw Malformed(text);
        }

        int hours = Number(zone, 1, 2);
        int minutes = Number(zone, 4, 2);
        if (hours > 23 || minutes > 59)
        {
            throw Malformed(text);
        }

        int offset = (hours * 60) + minutes;
        return zone[0] == '-' ? -offset : offset;
    }

    private static int Digits(Span<byte> destination, int value, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            destination[i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        return count;
    }

    private static int Number(ReadOnlySpan<byte> text, int start, int count)
    {
        int value = 0;
        foreach (byte b in text.Slice(start, count))
        {
            if (!char.IsAsciiDigit((char)b))
            {
                throw Malformed(text);
            }

            value = (value * 10) + (b - '0');
        }

        return value;
    }

    // The calendar repeats every 400 years, and .NET's has no year 0.
    private static int DaysInMonth(int year, int month) => DateTime.DaysInMonth(year == 0 ? 400 : year, month);

    private static FormatException Malformed(ReadOnlySpan<byte> text) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{Encoding.UTF8.GetString(text)}' is not an RFC 3339 time."));

    // Days since 1970-01-01 in the proleptic Gregorian calendar, counted in 400-year eras that start in March.
    private static long DaysFromCivil(int year, int month, int day)
    {
        int shifted = month <= 2 ? year - 1 : year;
        int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
        int yearOfEra = shifted - (era * 400);
        int dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097L) + dayOfEra - 719_468;
    }

    private static (long Year, int Month, int Day) CivilFromDays(long days)
    {
        days += 719_468;
        long era = (days >= 0 ? days : days - 146_096) / 146_097;
        int dayOfEra = (int)(days - (era * 146_097));
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        long year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
        return (year, month, dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1);
    }
}
