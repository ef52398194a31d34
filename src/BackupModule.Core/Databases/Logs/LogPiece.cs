using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BackupModule.Core.Databases.Logs;

/// <summary>A run of bytes of a log file, stored by itself while the file is still being written.</summary>
/// <param name="File">The log file, as the engine names it: <c>000000010000000000000087</c>, <c>m-bin.000002</c>.</param>
/// <param name="Offset">Where in the file it starts, in bytes.</param>
/// <param name="Length">How many bytes it has; 0 for a mark that only says that nothing came until a moment.</param>
/// <param name="Until">A moment by the server's clock, to the millisecond: everything committed until then is in this piece or
/// before it.</param>
public sealed record LogPiece(string File, long Offset, int Length, DateTimeOffset Until)
{
    /// <summary>The byte after its last one.</summary>
    public long End => Offset + Length;

    /// <summary>The piece's name in the store: sorts by file and place.</summary>
    public string ToName() => string.Create(
        CultureInfo.InvariantCulture, $"{File}~{Offset:x12}~{Length:x8}~{Until.ToUnixTimeMilliseconds():x12}");

    /// <summary>Reads a name; false where it is none.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out LogPiece? piece)
    {
        piece = null;
        string[] parts = name.Split('~');
        if (parts.Length != 4 || parts[0].Length == 0
            || !TryHex(parts[1], out long offset) || !TryHex(parts[2], out long length) || !TryHex(parts[3], out long until)
            || length > int.MaxValue || until > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        piece = new LogPiece(parts[0], offset, (int)length, DateTimeOffset.FromUnixTimeMilliseconds(until));
        return true;

        static bool TryHex(string text, out long value) =>
            long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0;
    }
}
