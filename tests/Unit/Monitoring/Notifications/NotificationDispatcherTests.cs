using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class NotificationDispatcherTests : IDisposable
{
    private readonly WebServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task All_channels_that_take_it_are_told_and_failures_are_results()
    {
        NotificationChannel[] channels =
        [
            Channel("good"),
            Channel("dead") with { Target = new SyslogTarget { Place = "/nowhere/log" } },
            Channel("secretless") with { Target = new SlackTarget { Url = "env:NOT_SET_ANYWHERE" } },
            Channel("broken") with { Target = new SlackTarget { Url = "no reference" } },
            Channel("trustless") with
            {
                Target = new WebhookTarget { Url = _server.Address.ToString(), AuthorityFile = "/nowhere/ca.pem" },
            },
            Channel("other") with { Route = new NotificationRoute { Policies = ["wiki"] } },
            Channel("asleep") with { IsEnabled = false },
        ];

        IReadOnlyList<NotificationResult> results = await Samples.Dispatcher().SendAsync(channels, Samples.Failure);

        Assert.Equal(
            [
                ("good", null),
                ("dead", BackupErrorKind.NotificationFailed),
                ("secretless", BackupErrorKind.SecretUnavailable),
                ("broken", BackupErrorKind.InvalidArgument),
                ("trustless", BackupErrorKind.InvalidArgument),
            ],
            results.Select(result => (result.Channel, result.Failure?.Kind)));
        Assert.All(results.Skip(1), result => Assert.NotEmpty(result.Failure!.Guidance!));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task What_the_policy_says_of_outcomes_counts()
    {
        Assert.Empty(await Samples.Dispatcher().SendAsync([Channel("a")], Samples.Success, NotificationMode.FailuresOnly));
        Assert.Single(await Samples.Dispatcher().SendAsync(
            [Channel("a")], Samples.Success with { RecoveredFrom = AlertSeverity.Critical }, NotificationMode.FailuresOnly));
    }

    [Fact]
    public async Task No_secret_of_a_channel_or_of_the_run_is_in_any_payload()
    {
        using SecretVariable token = new("tk-of-another-channel");
        using SecretVariable url = new(new Uri(_server.Address, "services/secret-address").ToString());
        const string Password = "the repository's";
        Notification leaking = Samples.Failure with
        {
            Title = $"Backup of shop failed at postgres://shop:{Password}@db/",
            Message = [$"tried {_server.Address}services/secret-address", "and tk-of-another-channel"],
            Facts = [new NotificationFact("Connection", "Server=db;Password=unknown-until-now")],
            Error = $"wrong password '{Password}'",
        };
        NotificationChannel[] channels =
        [
            Channel("plain"),
            Channel("slack") with { Target = new SlackTarget { Url = url.Reference } },
            Channel("ntfy") with
            {
                Target = new NtfyTarget { Url = $"{_server.Address}topic", TokenReference = token.Reference },
            },
        ];

        IReadOnlyList<NotificationResult> results =
            await Samples.Dispatcher().SendAsync(channels, leaking, secrets: [Password]);

        Assert.All(results, result => Assert.True(result.Sent, result.Failure?.Message));
        Assert.Equal(3, _server.Requests.Count);
        Assert.All(_server.Requests, request =>
        {
            Assert.Contains("Backup of shop failed at postgres://***@db/", request.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("repository's", request.Text.Replace("\\u0027", "'"), StringComparison.Ordinal);
            Assert.DoesNotContain("secret-address", request.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("tk-of", request.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("unknown-until-now", request.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Work_that_is_stopped_gives_results_and_no_exception()
    {
        _server.Hang();
        using CancellationTokenSource stop = new();
        Task<IReadOnlyList<NotificationResult>> sending = Samples.Dispatcher().SendAsync(
            [Channel("a")], Samples.Failure, cancellationToken: stop.Token);
        while (_server.Requests.Count == 0)
        {
            await Task.Delay(5);
        }

        await stop.CancelAsync();

        NotificationResult result = Assert.Single(await sending);
        Assert.Contains("stopped", result.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_event_log_is_refused_where_there_is_none()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "is of other systems");

        Assert.Equal(
            BackupErrorKind.PlatformUnsupported, (await Samples.SendAsync(new EventLogTarget())).Failure!.Kind);
    }

    private NotificationChannel Channel(string name) =>
        Samples.Channel(new WebhookTarget { Url = _server.Address.ToString() }) with { Name = name };
}
