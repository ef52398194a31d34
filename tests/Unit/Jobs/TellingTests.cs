using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Jobs;
using BackupModule.Core.Jobs.Telling;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Jobs;

public sealed class TellingTests : IDisposable
{
    private readonly JobWorld _world = new();
    private readonly WebServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task A_backup_counts_although_nobody_can_be_told()
    {
        await AddChannelAsync("gone", new Uri("http://127.0.0.1:9/"));
        EffectivePolicy policy = await MakePolicyAsync(NotificationMode.Always);

        JobResult result = await _world.RunAsync(policy);

        Assert.Equal(RunState.Completed, result.Run.State);
        RunDelivery delivery = Assert.Single(
            (await _world.Catalog.ListRunsAsync(new RunQuery(), CancellationToken.None))[0].Deliveries);
        Assert.False(delivery.Sent);
        Assert.NotEmpty(delivery.Failure!);
    }

    [Fact]
    public async Task The_first_success_after_a_failure_is_told_and_the_next_is_not()
    {
        await AddChannelAsync("web", _server.Address);
        EffectivePolicy policy = await MakePolicyAsync(NotificationMode.FailuresOnly);
        string file = _world["data/file"];

        await _world.RunAsync(policy);
        System.IO.File.Delete(file);
        await _world.RunAsync(policy);
        _world.Write("data/file", "back");
        await _world.RunAsync(policy);
        await _world.RunAsync(policy);

        Assert.Equal(
            ["Backup of shop failed", "Backup of shop works again"],
            _server.Requests.Select(static request => Title(request.Text)));
    }

    [Fact]
    public async Task Only_the_channels_that_a_policy_names_are_told()
    {
        await AddChannelAsync("web", _server.Address);
        await AddChannelAsync("other", new Uri(_server.Address, "other"));
        EffectivePolicy policy = await MakePolicyAsync(NotificationMode.Always, "OTHER");

        await _world.RunAsync(policy);

        Assert.Equal("/other", Assert.Single(_server.Requests).Target);
    }

    [Fact]
    public async Task Reports_of_several_policies_are_one_message()
    {
        await AddChannelAsync("web", _server.Address);
        EffectivePolicy shop = await MakePolicyAsync(NotificationMode.Digest);
        EffectivePolicy blog = await _world.AddPolicyAsync("blog", shop.Policy.Settings);
        foreach (EffectivePolicy policy in (EffectivePolicy[])[shop, blog])
        {
            await _world.RunAsync(policy);
        }

        RunTeller teller = _world.Teller;
        JobRunner runner = _world.RunnerWith(teller);
        foreach (EffectivePolicy policy in (EffectivePolicy[])[shop, blog])
        {
            await runner.RunAsync(JobRequest.Manual(policy, JobKind.Report), _world.Observer, CancellationToken.None);
        }

        Assert.Empty(_server.Requests);
        await teller.SendDigestAsync(CancellationToken.None);

        Assert.Equal("2 of 2 backups succeeded", Title(Assert.Single(_server.Requests).Text));
    }

    private static string Title(string body) =>
        System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("title").GetString()!;

    private Task AddChannelAsync(string name, Uri address) => new ChannelStore(_world.Catalog).AddAsync(
        new NotificationChannel { Name = name, Target = new WebhookTarget { Url = address.ToString() } }, CancellationToken.None);

    private async Task<EffectivePolicy> MakePolicyAsync(NotificationMode mode, params string[] channels)
    {
        await _world.CreateRepositoryAsync("main");
        return await _world.AddPolicyAsync("shop", new PolicySettings
        {
            RepositoryName = "main",
            NotifyMode = mode,
            NotifyChannels = channels,
            Components =
            [
                new PolicyComponent { Component = BackupComponent.Files, Paths = [_world.Write("data/file", "content")] },
            ],
        });
    }
}
