using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class NotificationChannelTests
{
    private static NotificationChannel Channel => Samples.Channel(new SyslogTarget { Place = SyslogTarget.Local });

    private static Notification Warning =>
        Samples.Success with { Event = NotificationEvent.BackupWarning, Severity = AlertSeverity.Warning };

    private static Notification Recovery => Samples.Success with { RecoveredFrom = AlertSeverity.Critical };

    private static Notification Digest =>
        Samples.Success with { Event = NotificationEvent.Digest, PolicyName = null };

    [Fact]
    public void A_plain_channel_takes_every_outcome_and_no_beginnings_and_no_digests()
    {
        Assert.True(Channel.Takes(Samples.Success));
        Assert.True(Channel.Takes(Warning));
        Assert.True(Channel.Takes(Samples.Failure));
        Assert.False(Channel.Takes(Samples.Success with { Event = NotificationEvent.BackupStarted }));
        Assert.False(Channel.Takes(Digest));
        Assert.False((Channel with { IsEnabled = false }).Takes(Samples.Failure));
    }

    [Fact]
    public void A_channel_for_failures_hears_of_the_first_success_after_one()
    {
        NotificationChannel channel = Channel with { Mode = NotificationMode.FailuresOnly };

        Assert.False(channel.Takes(Samples.Success));
        Assert.True(channel.Takes(Warning));
        Assert.True(channel.Takes(Samples.Failure));
        Assert.True(channel.Takes(Recovery));
        Assert.True(channel.Takes(Samples.Success with
        {
            Event = NotificationEvent.AlertRecovered,
            RecoveredFrom = AlertSeverity.Warning,
        }));
    }

    [Fact]
    public void Severity_counts_and_what_recovers_is_as_severe_as_it_was()
    {
        NotificationChannel channel = Channel with
        {
            Route = new NotificationRoute { MinimumSeverity = AlertSeverity.Critical },
        };

        Assert.False(channel.Takes(Warning));
        Assert.True(channel.Takes(Samples.Failure));
        Assert.True(channel.Takes(Recovery));
        Assert.False(channel.Takes(Samples.Success with { RecoveredFrom = AlertSeverity.Warning }));
    }

    [Theory]
    [InlineData("shop", true)]
    [InlineData("SHOP", true)]
    [InlineData("s*", true)]
    [InlineData("sho?", true)]
    [InlineData("shop?", false)]
    [InlineData("wiki", false)]
    public void Policies_are_chosen_by_name_or_pattern(string pattern, bool expected)
    {
        NotificationChannel channel = Channel with { Route = new NotificationRoute { Policies = ["other", pattern] } };

        Assert.Equal(expected, channel.Takes(Samples.Failure));
        Assert.False(channel.Takes(Samples.Failure with { PolicyName = null }));
    }

    [Fact]
    public void Events_that_are_named_are_the_only_ones()
    {
        NotificationChannel channel = Channel with
        {
            Route = new NotificationRoute { Events = [NotificationEvent.BackupStarted, NotificationEvent.BackupFailed] },
        };

        Assert.True(channel.Takes(Samples.Failure));
        Assert.True(channel.Takes(Samples.Success with { Event = NotificationEvent.BackupStarted }));
        Assert.False(channel.Takes(Samples.Success));
    }

    [Fact]
    public void Who_wants_digests_gets_them_and_failures_at_once()
    {
        NotificationChannel channel = Channel with
        {
            Mode = NotificationMode.Digest,
            Route = new NotificationRoute { Policies = ["shop"] },
        };

        Assert.True(channel.Takes(Digest));
        Assert.True(channel.Takes(Samples.Failure));
        Assert.True(channel.Takes(Recovery));
        Assert.False(channel.Takes(Samples.Success));
        Assert.False(channel.Takes(Warning));
        Assert.True((Channel with { Route = new NotificationRoute { Events = [NotificationEvent.Digest] } }).Takes(Digest));
    }

    [Fact]
    public void What_the_policy_says_of_outcomes_goes_before_what_the_channel_says()
    {
        Assert.False(Channel.Takes(Samples.Success, NotificationMode.FailuresOnly));
        Assert.False(Channel.Takes(Warning, NotificationMode.Digest));
        Assert.False(Channel.Takes(Samples.Failure, NotificationMode.Never));
        Assert.True((Channel with { Mode = NotificationMode.Digest }).Takes(Samples.Success, NotificationMode.Always));
    }

    [Fact]
    public void A_ping_hears_of_every_success_whatever_a_policy_says()
    {
        NotificationChannel ping = Channel with { Target = new PingTarget { Url = "https://hc-ping.com/x" } };

        Assert.True(ping.Takes(Samples.Success, NotificationMode.FailuresOnly));
        Assert.True(ping.Takes(Samples.Success, NotificationMode.Never));
        Assert.Throws<BackupException>((ping with { Mode = NotificationMode.FailuresOnly }).Validate);
        Assert.Throws<BackupException>(
            (ping with { Route = new NotificationRoute { MinimumSeverity = AlertSeverity.Warning } }).Validate);
    }
}
