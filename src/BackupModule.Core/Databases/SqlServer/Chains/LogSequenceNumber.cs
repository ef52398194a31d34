using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BackupModule.Core.Databases.SqlServer.Chains;

/// <summary>A log sequence number: SQL Server's <c>numeric(25,0)</c>. Numbers of one recovery fork order its log records.
/// </summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(LogSequenceNumberConverter))]
public readonly record struct LogSequenceNumber(UInt128 Value) : IComparable<LogSequenceNumber>
{
    /// <summary>The most digits that a number has.</summary>
    public const int Digits = 25;

    /// <summary>Reads a number in decimal; false for what is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LogSequenceNumber lsn)
    {
        bool isNumber = UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 value)
            && text!.Length <= Digits;
        lsn = new LogSequenceNumber(isNumber ? value : 0);
        return isNumber;
    }

    /// <summary>Orders two numbers.</summary>
    public static bool operator <(LogSequenceNumber left, LogSequenceNumber right) => left.Value < right.Value;

    /// <summary>Orders two numbers.</summary>
    public static bool operator >(LogSequenceNumber left, LogSequenceNumber right) => left.Value > right.Value;

    /// <summary>Orders two numbers.</summary>
    public static bool operator <=(LogSequenceNumber left, LogSequenceNumber right) => left.Value <= right.Value;

    /// <summary>Orders two numbers.</summary>
    public static bool operator >=(LogSequenceNumber left, LogSequenceNumber right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(LogSequenceNumber other) => Value.CompareTo(other.Value);

    /// <summary>The number with leading zeros, so that texts sort as numbers do.</summary>
    public string ToSortable() => Value.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Log sequence numbers in JSON: as text, since most readers round long numbers.</summary>
internal sealed class LogSequenceNumberConverter : JsonConverter<LogSequenceNumber>
{
    /// <inheritdoc/>
    public override LogSequenceNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LogSequenceNumber.TryParse(reader.GetString(), out LogSequenceNumber lsn) ? lsn : throw new JsonException("It is no log sequence number.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, LogSequenceNumber value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
