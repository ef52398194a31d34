using System;
using System.Buffers;
using System.Globalization;

namespace BackupModule.Core.Diagnostics;

/// <summary>A number with a unit behind it, as in <c>1.5 GB</c>.</summary>
/// <param name="Number">The number, not negative.</param>
/// <param name="Unit">The unit in upper case; empty where there is none.</param>
public readonly record struct Quantity(double Number, string Unit)
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    /// <summary>Reads the text; null if it does not start with a number.</summary>
    public static Quantity? Read(string text)
    {
        string trimmed = text.Trim();
        int end = trimmed.AsSpan().IndexOfAnyExcept(s_digits);
        string number = end < 0 ? trimmed : trimmed[..end];
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            ? new Quantity(value, end < 0 ? string.Empty : trimmed[end..].Trim().ToUpperInvariant())
            : null;
    }
}
