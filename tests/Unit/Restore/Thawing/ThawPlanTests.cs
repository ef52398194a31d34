using System;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Core.Storage;
using Xunit;

namespace BackupModule.Tests.Restore.Thawing;

public sealed class ThawPlanTests
{
    [Fact]
    public void Time_and_price_are_those_of_Amazon_s_list()
    {
        // 15,000,000 objects of 102,400 GB cost 750 + 1,024 dollars at the standard speed by Amazon's own example.
        ThawPlan plan = Plan(("GLACIER", 1000, 102_400_000_000_000 / 15_000));

        Assert.Equal(1774.0 / 15_000, plan.Price(ThawSpeed.Standard)!.Value, 6);
        Assert.Equal(0, plan.Price(ThawSpeed.Bulk));
        Assert.Equal(TimeSpan.FromHours(5), plan.LongestWait(ThawSpeed.Standard));
        Assert.Contains("Standard takes usually 3 h to 5 h and costs 0.12 USD", plan.DescribeSpeeds());
    }

    [Fact]
    public void The_slowest_class_says_how_long_it_takes()
    {
        ThawPlan plan = Plan(("GLACIER", 1, 1_000_000_000), ("DEEP_ARCHIVE", 1, 2_000_000_000));

        Assert.Equal(TimeSpan.FromHours(12), plan.LongestWait(ThawSpeed.Standard));
        Assert.Equal(0.01 + 0.04 + 0.00015, plan.Price(ThawSpeed.Standard)!.Value, 6);
        Assert.DoesNotContain("Expedited", plan.DescribeSpeeds());
    }

    [Fact]
    public void What_is_being_thawed_is_not_paid_again()
    {
        ThawPlan plan = new(
            5, [new ArchivedPack(default, "GLACIER", 1_000_000_000, ArchiveState.Thawing)], HasKnownTerms: true);

        Assert.Equal(0, plan.Price(ThawSpeed.Standard));
        Assert.Equal(0, plan.BytesToRequest);
        Assert.Contains("1 of them are being thawed", plan.Describe());
    }

    [Fact]
    public void Nothing_is_claimed_of_other_providers()
    {
        ThawPlan plan = Plan(("GLACIER", 1, 1_000_000_000)) with { HasKnownTerms = false };

        Assert.Null(plan.Price(ThawSpeed.Standard));
        Assert.Null(plan.LongestWait(ThawSpeed.Standard));
        Assert.Contains("a price that only the provider knows", plan.Describe(ThawSpeed.Standard));
    }

    private static ThawPlan Plan(params (string Class, int Packs, long Bytes)[] packs) => new(
        2000,
        [
            .. packs.SelectMany(group => Enumerable.Range(0, group.Packs).Select(number => new ArchivedPack(
                ObjectId.Hash(BitConverter.GetBytes(number)), group.Class, group.Bytes / group.Packs, ArchiveState.Archived))),
        ],
        HasKnownTerms: true);
}
