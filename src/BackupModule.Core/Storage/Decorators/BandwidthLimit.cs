using System;
using System.Collections.Generic;
using System.Globalization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Rates by the time of day, as in <c>08:00-18:00=5MB;otherwise=unlimited</c>.</summary>
/// <remarks>A rate is bytes a second, with <c>KB</c>, <c>MB</c> or <c>GB</c> (of 1,024); a text that is just a rate holds
/// all day. A span may pass midnight; one that ends where it begins is the whole day. The first that fits counts.</remarks>
public sealed class BandwidthLimit
{
    private const string Otherwise = "otherwise";
    private const string Nothing = "unlimited";

    private readonly IReadOnlyList<(TimeOnly From, TimeOnly To, double? Rate)> _spans;
    private readonly double? _otherwise;

    private BandwidthLimit(string text, IReadOnlyList<(TimeOnly From, TimeOnly To, double? Rate)> spans, double? otherwise)
    {
        Text = text;
        _spans = spans;
        _otherwise = otherwise;
    }

    /// <summary>No limit.</summary>
    public static BandwidthLimit Unlimited { get; } = new(Nothing, [], null);

    /// <summary>The limit as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a limit.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static BandwidthLimit Parse(string text)
    {
        string[] parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts is [var single] && !single.Contains('=', StringComparison.Ordinal))
        {
            return new BandwidthLimit(text, [], ParseRate(single, text));
        }

        double? otherwise = null;
        List<(TimeOnly, TimeOnly, double?)> spans = [];
        foreach (string part in parts)
        {
            string[] sides = part.Split('=', 2, StringSplitOptions.TrimEntries);
            string[] times = sides[0].Split('-', 2);
            if (sides.Length != 2)
            {
                throw Refuse(text);
            }

            if (sides[0].Equals(Otherwise, StringComparison.OrdinalIgnoreCase))
            {
                otherwise = ParseRate(sides[1], text);
            }
            else if (times.Length == 2 && TryTime(times[0], out TimeOnly from) && TryTime(times[1], out TimeOnly to))
            {
                spans.Add((from, to, ParseRate(sides[1], text)));
            }
            else
            {
                throw Refuse(text);
            }
        }

        return parts.Length > 0 ? new BandwidthLimit(text, spans, otherwise) : throw Refuse(text);
    }

    /// <summary>The rate in bytes a second at a local time; null for no limit.</summary>
    public double? RateAt(DateTimeOffset local)
    {
        TimeOnly now = TimeOnly.FromDateTime(local.DateTime);
        foreach ((TimeOnly from, TimeOnly to, double? rate) in _spans)
        {
            if (from == to || now.IsBetween(from, to))
            {
                return rate;
            }
        }

        return _otherwise;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool TryTime(string text, out TimeOnly time)
    {
        // The end of the day has two spellings.
        string trimmed = text.Trim();
        return TimeOnly.TryParseExact(
            trimmed == "24:00" ? "00:00" : trimmed, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    private static double? ParseRate(string rate, string text)
    {
        string trimmed = rate.Trim();
        if (trimmed.Equals(Nothing, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string number = trimmed.TrimEnd('B', 'b');
        double unit = number.Length == 0 ? 0 : char.ToUpperInvariant(number[^1]) switch
        {
            'K' => 1L << 10,
            'M' => 1L << 20,
            'G' => 1L << 30,
            _ => 1,
        };
        return double.TryParse(
                unit > 1 ? number[..^1] : number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value > 0
                ? value * unit
                : throw Refuse(text);
    }

    private static BackupException Refuse(string text) => new(
        BackupErrorKind.InvalidArgument,
        $"'{text}' is not a bandwidth limit.",
        "Give a rate in bytes a second such as 5MB, or rates by time: 08:00-18:00=5MB;otherwise=unlimited.");
}
