using System;
using System.Globalization;
using System.Text;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore.Archives;

/// <summary>Names in archives are text; bytes that are none are spelled out.</summary>
internal static class ArchiveName
{
    /// <summary>The name with every byte outside UTF-8 written as <c>\xNN</c>, so that no two names become one.</summary>
    public static string Spell(string path)
    {
        StringBuilder spelled = new(path.Length);
        ReadOnlySpan<char> rest = path;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                spelled.Append(rest[..length]);
            }
            else
            {
                spelled.Append(CultureInfo.InvariantCulture, $"\\x{(RawText.IsRawByte(rest[0]) ? (byte)rest[0] : rest[0]):x2}");
            }

            rest = rest[length..];
        }

        return spelled.ToString();
    }
}
