using System.Collections.Generic;
using System.Globalization;
using System.Text;
using BackupModule.Core.Repositories.Trees;
using Xunit;

namespace BackupModule.Tests.Repositories.Trees;

public sealed class GoPrintableTests
{
    [Fact]
    public void What_unicode_calls_a_control_a_format_a_separator_or_private_is_never_printed()
    {
        foreach (Rune rune in AllRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator or UnicodeCategory.OtherNotAssigned)
            {
                Assert.True(rune.Value == ' ' || !GoPrintable.Contains(rune), $"U+{rune.Value:x4}");
            }
        }
    }

    [Fact]
    public void What_it_does_not_print_is_none_of_the_visible_categories_but_for_newer_characters()
    {
        int newer = 0;
        int printed = 0;
        foreach (Rune rune in AllRunes())
        {
            printed += GoPrintable.Contains(rune) ? 1 : 0;
            newer += !GoPrintable.Contains(rune) && IsVisible(Rune.GetUnicodeCategory(rune)) ? 1 : 0;
        }

        // The Unicode Standard 15.0 counts 149,014 graphic characters; of its 17 spaces only U+0020 is printed.
        Assert.Equal(149_014 - 17 + 1, printed);
        Assert.InRange(newer, 0, 12_000);
    }

    private static bool IsVisible(UnicodeCategory category) => category is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.Surrogate);

    private static IEnumerable<Rune> AllRunes()
    {
        for (int value = 0; value <= 0x10ffff; value++)
        {
            if (Rune.IsValid(value))
            {
                yield return new Rune(value);
            }
        }
    }
}
