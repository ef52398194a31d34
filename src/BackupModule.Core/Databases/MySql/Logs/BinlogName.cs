using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BackupModule.Core.Databases.MySql.Logs;

/// <summary>The name of a binary log: a base that the server's settings give, and a number that rises by one.</summary>
/// <param name="Base">The base, as <c>m-bin</c>.</param>
/// <param name="Number">The number.</param>
internal readonly record struct BinlogName(string Base, long Number)
{
    private const int Digits = 6;

    /// <summary>The name of the log after it.</summary>
    public BinlogName Next => this with { Number = Number + 1 };

    /// <summary>Reads a name that the server gives.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static BinlogName Parse(string text) =>
        TryParse(text, out BinlogName name) ? name : throw new FormatException($"'{text}' is no name of a binary log.");

    /// <summary>Reads a name; false where it is none.</summary>
    public static bool TryParse(string? text, out BinlogName name)
    {
        name = default;
        int dot = text?.LastIndexOf('.') ?? -1;
        if (dot < 1 || text!.Length - dot - 1 < Digits
            || !long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        name = new BinlogName(text[..dot], number);
        return true;
    }

    /// <summary>Reads a place as <c>m-bin.000002:601</c>; false where it is none.</summary>
    public static bool TryParsePosition([NotNullWhen(true)] string? text, out BinlogName name, out long position)
    {
        name = default;
        position = 0;
        int colon = text?.LastIndexOf(':') ?? -1;
        return colon > 0 && TryParse(text![..colon], out name)
            && long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out position);
    }

    /// <summary>The name, with six digits at least.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Base}.{Number:d6}");
}
