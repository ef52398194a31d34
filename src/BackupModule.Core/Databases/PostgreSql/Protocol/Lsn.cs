using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>A log sequence number: a byte's place in the write-ahead log, as <c>16/B374D848</c>.</summary>
/// <param name="Value">The place in bytes.</param>
public readonly record struct Lsn(ulong Value) : IComparable<Lsn>
{
    /// <summary>Reads the server's way of writing it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Lsn Parse(string text) =>
        TryParse(text, out Lsn lsn) ? lsn : throw new FormatException($"'{text}' is no log sequence number.");

    /// <summary>Reads the server's way of writing it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Lsn lsn)
    {
        lsn = default;
        string[] halves = (text ?? string.Empty).Split('/');
        if (halves.Length != 2
            || !uint.TryParse(halves[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint high)
            || !uint.TryParse(halves[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint low))
        {
            return false;
        }

        lsn = new Lsn(((ulong)high << 32) | low);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    /// <summary>As the server writes it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value >> 32:X}/{(uint)Value:X}");

    /// <summary>True if the left one comes first.</summary>
    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    /// <summary>True if the left one comes later.</summary>
    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    /// <summary>True unless the left one comes later.</summary>
    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    /// <summary>True unless the left one comes first.</summary>
    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;
}
