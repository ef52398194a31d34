using System.Linq;
using System.Text;
using BackupModule.Core.Repositories.Trees;
using CsCheck;

namespace BackupModule.Tests.Repositories.Trees;

/// <summary>Generators of file names: all of Unicode, and bytes that are not text at all.</summary>
internal static class RandomNames
{
    private static readonly Gen<Rune> s_rune = Gen.OneOf(
        Gen.Int[0, 0x7f], Gen.Int[0x80, 0x7ff], Gen.Int[0x2000, 0x2fff], Gen.Int[0, 0xd7ff], Gen.Int[0xe000, 0x10ffff])
        .Select(value => new Rune(value));

    private static readonly Gen<byte[]> s_piece = Gen.OneOf(
        s_rune.Select(rune => Encoding.UTF8.GetBytes(rune.ToString())),
        Gen.Byte.Array[1, 3],
        Gen.Byte[0x80, 0xff].Array[1, 3],
        Gen.Int[0xd800, 0xdfff].Select(unit => new byte[]
        {
            0xed, (byte)(0x80 | ((unit >> 6) & 0x3f)), (byte)(0x80 | (unit & 0x3f)),
        }));

    /// <summary>Bytes that are partly UTF-8.</summary>
    public static Gen<byte[]> Bytes { get; } =
        s_piece.Array[0, 12].Select(pieces => pieces.SelectMany(piece => piece).ToArray());

    /// <summary>Well-formed text.</summary>
    public static Gen<string> Text { get; } = s_rune.Array[0, 12].Select(runes => string.Concat(runes));

    /// <summary>Names as trees hold them.</summary>
    public static Gen<string> Raw { get; } = Bytes.Select(bytes => RawText.Decode(bytes));
}
