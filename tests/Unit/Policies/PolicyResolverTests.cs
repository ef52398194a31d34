using System;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using Xunit;

namespace BackupModule.Tests.Policies;

public sealed class PolicyResolverTests
{
    [Fact]
    public void A_setting_is_the_policys_own_if_it_says_so()
    {
        EffectivePolicy shop = Resolve(
            "shop",
            Policy("default", new PolicySettings { RepositoryName = "main", CompressionLevel = 9 }),
            Policy("shop", new PolicySettings { RepositoryName = "fast" }));

        Assert.Equal("fast", shop.RepositoryName);
        Assert.Equal(9, shop.Merged.CompressionLevel);
        Assert.Equal("shop", OriginOf(shop, nameof(PolicySettings.RepositoryName)));
        Assert.Equal("default", OriginOf(shop, nameof(PolicySettings.CompressionLevel)));
        Assert.Null(OriginOf(shop, nameof(PolicySettings.NotifyMode)));
    }

    [Fact]
    public void Policies_inherit_over_several_steps()
    {
        EffectivePolicy shop = Resolve(
            "shop",
            Policy("default", new PolicySettings { RepositoryName = "main" }),
            Policy("web", new PolicySettings { RecoveryClass = RecoveryClass.Critical }),
            Policy("shop", new PolicySettings(), basedOn: "web"));

        Assert.Equal(["shop", "web", "default"], shop.Chain);
        Assert.Equal("main", shop.RepositoryName);
        Assert.Equal(TimeSpan.FromMinutes(15), shop.Targets.Time);
        Assert.Equal(TimeSpan.FromHours(1), shop.Targets.Point);
    }

    [Fact]
    public void Nobody_needs_to_write_down_a_default_policy()
    {
        EffectivePolicy shop = Resolve("shop", Policy("shop", new PolicySettings { RepositoryName = "main" }));

        Assert.True(shop.IsEnabled);
        Assert.NotEmpty(shop.Schedule);
        Assert.Equal(TimeSpan.FromHours(24), shop.Targets.Point);
    }

    [Fact]
    public void An_empty_list_is_a_word_of_its_own()
    {
        EffectivePolicy shop = Resolve(
            "shop",
            Policy("default", new PolicySettings { CopyTo = ["offsite"] }),
            Policy("shop", new PolicySettings { CopyTo = [] }));

        Assert.Empty(shop.CopyTo);
    }

    [Fact]
    public void Every_setting_has_a_value_or_may_lack_one()
    {
        EffectivePolicy shop = Resolve("shop", Policy("shop", new PolicySettings()));

        Assert.Equal(
            [
                nameof(PolicySettings.Description), nameof(PolicySettings.RepositoryName), nameof(PolicySettings.CompressionLevel),
                nameof(PolicySettings.PasswordReference), nameof(PolicySettings.NotifyMode),
                nameof(PolicySettings.RecoveryTargets), nameof(PolicySettings.ExpectedSize),
            ],
            shop.Settings.Where(static setting => setting.Value is null).Select(static setting => setting.Name));
    }

    [Fact]
    public void Policies_that_are_based_on_each_other_are_refused()
    {
        BackupException failure = Assert.Throws<BackupException>(() => Resolve(
            "a", Policy("a", new PolicySettings(), basedOn: "b"), Policy("b", new PolicySettings(), basedOn: "A")));

        Assert.Equal(BackupErrorKind.PolicyInvalid, failure.Kind);
        Assert.Contains("a -> b -> A", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_is_based_on_nothing_known_is_refused() =>
        Assert.Equal(
            BackupErrorKind.PolicyInvalid,
            Assert.Throws<BackupException>(() => Resolve("a", Policy("a", new PolicySettings(), basedOn: "gone"))).Kind);

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        BackupException failure = Assert.Throws<BackupException>(() => Resolve("shpo", Policy("shop", new PolicySettings())));

        Assert.Equal(BackupErrorKind.PolicyNotFound, failure.Kind);
        Assert.Contains("shop", failure.Guidance, StringComparison.Ordinal);
    }

    private static BackupPolicy Policy(string name, PolicySettings settings, string? basedOn = null) =>
        new() { Name = name, Settings = settings, BasedOn = basedOn };

    private static EffectivePolicy Resolve(string name, params BackupPolicy[] policies) =>
        new PolicyResolver(policies).Resolve(name);

    private static string? OriginOf(EffectivePolicy policy, string setting) =>
        policy.Settings.Single(item => item.Name == setting).Origin;
}
