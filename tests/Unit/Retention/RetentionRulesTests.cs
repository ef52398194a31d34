using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Retention;

public sealed class RetentionRulesTests
{
    private const string AllMembers =
        """
        {"keepLast":3,"keepHourly":-1,"keepDaily":7,"keepWeekly":4,"keepMonthly":12,"keepYearly":2,"keepWithin":"2y5m7d3h","keepWithinHourly":"2d","keepWithinDaily":"14d","keepWithinWeekly":"2m","keepWithinMonthly":"1y","keepWithinYearly":"10y","keepNewerThan":"30d","keepOlderThan":"2020-01-01","keepTags":[["a","b"],["c"]],"rotations":["every 6h for 2d"],"byKind":{"monthly":{"keepAll":true}}}
        """;

    [Fact]
    public void Rules_are_written_as_they_were_read() =>
        Assert.Equal(AllMembers, RetentionRulesJson.Write(RetentionRulesJson.Read(AllMembers)));

    [Fact]
    public void What_is_not_said_is_not_written() => Assert.Equal(
        """{"keepHourly":24,"keepDaily":7,"keepWeekly":4,"keepMonthly":12}""",
        RetentionRulesJson.Write(RetentionRules.Default));

    [Fact]
    public void A_kind_may_be_written_in_any_case() => Assert.True(
        RetentionRulesJson.Read("""{"keepLast":1,"byKind":{"HOURLY":{"keepLast":2}}}""").ByKind!.ContainsKey(BackupKind.Hourly));

    [Theory]
    [InlineData("""{"keepLast":3,"keepFortnightly":2}""", "keepFortnightly")]
    [InlineData("""{"keepLast":"3"}""", "keepLast")]
    [InlineData("""{"keepLast":3,"keepWithin":14}""", "A text is expected")]
    [InlineData("""{"keepLast":3,"keepWithin":"14"}""", "'14' is not a duration")]
    [InlineData("""{"keepLast":3,"rotations":["every 2d for 6h"]}""", "a period of 2d is longer than 6h")]
    [InlineData("""{"keepLast":3,"byKind":{"fortnightly":{"keepLast":1}}}""", "byKind")]
    [InlineData("""{"keepLast":3,"byKind":{"1":{"keepLast":1}}}""", "byKind")]
    [InlineData("""{"keepLast":3""", "cannot be read")]
    [InlineData("null", "cannot be read")]
    public void Rules_that_cannot_be_read_are_refused(string json, string mistake) => AssertRefused(json, mistake);

    [Theory]
    [InlineData("{}", "The rules keep no backup at all")]
    [InlineData("""{"rotations":[],"keepTags":[]}""", "The rules keep no backup at all")]
    [InlineData("""{"byKind":{"Hourly":{"keepLast":1}}}""", "The rules keep no backup at all")]
    [InlineData("""{"keepLast":1,"byKind":{"Hourly":{}}}""", "The rules for Hourly backups keep no backup at all")]
    [InlineData("""{"keepDaily":-2}""", "The rules say KeepDaily -2")]
    [InlineData("""{"keepLast":1,"keepTags":[[]]}""", "a list of tags that is empty")]
    [InlineData("""{"keepLast":1,"keepTags":[["a,b"]]}""", "a tag with a comma")]
    [InlineData("""{"keepLast":1,"keepTags":[null]}""", "a list of tags that is empty")]
    [InlineData("""{"keepLast":1,"keepTags":[[null]]}""", "a list of tags that is empty")]
    [InlineData("""{"keepLast":1,"rotations":[null]}""", "a rotation rule that is empty")]
    [InlineData("""{"keepLast":1,"byKind":{"hourly":null}}""", "The rules for Hourly backups keep no backup at all")]
    [InlineData("""{"keepLast":1,"byKind":{"Hourly":{"keepLast":1,"byKind":{}}}}""", "have rules by kind themselves")]
    public void Rules_that_make_no_sense_are_refused(string json, string mistake) => AssertRefused(json, mistake);

    [Fact]
    public void A_duration_that_was_never_set_is_refused() => Assert.Throws<BackupException>(
        () => new RetentionRules { KeepWithin = default(CalendarDuration) }.Validate());

    [Fact]
    public void Kinds_have_tags_that_tell_them()
    {
        Assert.Equal("kind:hourly", BackupTags.OfKind(BackupKind.Hourly));
        foreach (BackupKind kind in Enum.GetValues<BackupKind>())
        {
            Assert.Equal(kind, BackupTags.FindKind(["nightly", BackupTags.OfKind(kind)]));
        }

        Assert.Null(BackupTags.FindKind(["kind:fortnightly"]));
        Assert.Null(BackupTags.FindKind(null));
    }

    private static void AssertRefused(string json, string mistake)
    {
        BackupException failure = Assert.Throws<BackupException>(() => RetentionRulesJson.Read(json));
        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(mistake, failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Guidance);
    }
}
