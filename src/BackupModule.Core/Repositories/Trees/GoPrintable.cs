using System;
using System.Text;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// What Go's <c>unicode.IsPrint</c> says: letters, marks, numbers, punctuation, symbols and the space U+0020, by Unicode
/// 15.0, which Go has used since 1.21. The table is fixed, and not asked of .NET, so that a name is spelled alike
/// whichever runtime writes it. restic builds with an older Go spell newer characters as escapes; both read both.
/// </summary>
internal static partial class GoPrintable
{
    /// <summary>True if Go prints the character as itself.</summary>
    public static bool Contains(Rune rune)
    {
        if (rune.IsAscii)
        {
            return rune.Value is >= 0x20 and < 0x7f;
        }

        // An even position is a range's first character, an odd one its last.
        int position = Ranges.BinarySearch(rune.Value);
        return position >= 0 || (~position & 1) != 0;
    }
}
