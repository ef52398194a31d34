using System;
using BackupModule.Core.Repositories.Snapshots;
using Xunit;

namespace BackupModule.Tests.Repositories.Snapshots;

public sealed class SnapshotHoldTests
{
    private static readonly DateTimeOffset s_end = new(2027, 1, 31, 1, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void A_hold_is_one_tag_beside_the_others()
    {
        Assert.Equal(["a", "hold:2027-01-31T00:00:00Z"], SnapshotHold.Set(["a", "hold:2020-01-01T00:00:00Z"], s_end));
        Assert.Equal(["a"], SnapshotHold.Set(["hold:2020-01-01T00:00:00Z", "a"], null));
        Assert.Equal(s_end, SnapshotHold.Of(SnapshotHold.Set(null, s_end)));
    }

    [Fact]
    public void Of_several_holds_the_latest_counts_and_one_that_says_no_time_has_no_end()
    {
        Assert.Null(SnapshotHold.Of(null));
        Assert.Null(SnapshotHold.Of(["holding", "a"]));
        Assert.Equal(s_end, SnapshotHold.Of(["hold:2026-05-01", "hold:2027-01-31T00:00:00Z"]));
        Assert.Equal(DateTimeOffset.MaxValue, SnapshotHold.Of(["hold:the books are open", "hold:2027-01-31"]));
    }
}
