using System;
using BackupModule.Views;
using Xunit;

namespace BackupModule.Tests.Module;

public sealed class HumanTextTests
{
    [Theory]
    [InlineData(0L, "0 B")]
    [InlineData(999L, "999 B")]
    [InlineData(1000L, "0.98 KB")]
    [InlineData(1_524_713_390L, "1.42 GB")]
    [InlineData(15_247_133_900L, "14.2 GB")]
    [InlineData(152_471_339_000L, "142 GB")]
    [InlineData(long.MaxValue, "8.00 EB")]
    public void Sizes_have_three_digits(long bytes, string text) => Assert.Equal(text, HumanText.Size(bytes));

    [Theory]
    [InlineData(0, "0 backups")]
    [InlineData(1, "1 backup")]
    [InlineData(1200, "1,200 backups")]
    public void Counts_agree_with_their_noun(long number, string text) =>
        Assert.Equal(text, HumanText.Count(number, "backup"));

    [Theory]
    [InlineData(0, "now")]
    [InlineData(59, "59 s ago")]
    [InlineData(60, "1 min ago")]
    [InlineData(3 * 3600, "3 h ago")]
    [InlineData(47 * 3600, "47 h ago")]
    [InlineData(48 * 3600, "2 d ago")]
    [InlineData(800 * 86_400, "2 y ago")]
    [InlineData(-3600, "in 1 h")]
    public void Ages_have_one_unit(int seconds, string text)
    {
        DateTimeOffset now = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(text, HumanText.Age(now.AddSeconds(-seconds), now));
    }

    [Theory]
    [InlineData(0.25, "250 ms")]
    [InlineData(4.21, "4.2 s")]
    [InlineData(42, "42 s")]
    [InlineData(125, "2:05 min")]
    [InlineData(7500, "2:05 h")]
    public void Durations_are_short(double seconds, string text) =>
        Assert.Equal(text, HumanText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void What_is_not_known_is_empty() =>
        Assert.Equal(string.Empty, HumanText.Size(null) + HumanText.Age(null) + HumanText.Duration(null));

    [Theory]
    [InlineData("/srv/naïve 💀", "/srv/naïve 💀")]
    [InlineData("/a\nb\u001b[31m\u009b", "/a\\x0ab\\x1b[31m\\x9b")]
    [InlineData(null, "")]
    public void Paths_stay_on_their_line_and_do_nothing_to_the_terminal(string? path, string shown) =>
        Assert.Equal(shown, HumanText.Path(path));

    // The arguments of an attribute are stored as UTF-8, which has no such bytes.
    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_numbers() =>
        Assert.Equal("/bad\\xff\\x80", HumanText.Path("/bad\udcff\udc80"));
}
