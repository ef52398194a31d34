using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class ChannelStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteCatalog _catalog;
    private readonly ChannelStore _store;

    public ChannelStoreTests()
    {
        _catalog = new SqliteCatalog(_folder["home/catalog.db"]);
        _store = new ChannelStore(_catalog);
    }

    public static TheoryData<string> Kinds => [.. Targets.Keys];

    public static TheoryData<string> Mistakes => [.. Wrong.Keys];

    private static Dictionary<string, ChannelTarget> Targets => new()
    {
        ["smtp"] = new SmtpTarget
        {
            Host = "mail.example.com",
            Port = 2525,
            Security = SmtpSecurity.Tls,
            From = "Backup <b@example.com>",
            To = ["a@example.com", "c@example.com"],
            UserName = "b",
            PasswordReference = "env:SMTP_PW",
            AuthorityFile = "/etc/ca.pem",
        },
        ["webhook"] = new WebhookTarget
        {
            Url = "https://example.com/hook?x=1",
            Proxy = new Uri("http://proxy:3128"),
            Method = "PUT",
            Template = "{{title}}",
            ContentType = "text/plain",
            Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer env:TOKEN", ["X-Team"] = "a b" },
            SigningKeyReference = "file:/etc/key",
        },
        ["slack"] = new SlackTarget { Url = "env:SLACK_URL" },
        ["teams"] = new TeamsTarget { Url = "command:pass show teams" },
        ["discord"] = new DiscordTarget { Url = "vault:team/discord" },
        ["ntfy"] = new NtfyTarget { Url = "https://ntfy.sh/topic", TokenReference = "env:NTFY" },
        ["ping"] = new PingTarget { Url = "https://hc-ping.com/6f9619ff-8b86-4d11-b42d-00c04fc964ff" },
        ["syslog"] = new SyslogTarget { Place = "udp://log.example.com" },
        ["eventlog"] = new EventLogTarget { Source = "Backups" },
    };

    private static SmtpTarget Mail => (SmtpTarget)Targets["smtp"];

    private static WebhookTarget Hook => (WebhookTarget)Targets["webhook"];

    private static Dictionary<string, ChannelTarget> Wrong => new()
    {
        ["mail server with a password"] = Mail with { Host = "smtp://b:hunter22@mail" },
        ["no sender"] = Mail with { From = "" },
        ["sender without domain"] = Mail with { From = "root" },
        ["no receiver"] = Mail with { To = [] },
        ["a receiver that is none"] = Mail with { To = ["a@example.com", "Somebody"] },
        ["port"] = Mail with { Port = 70000 },
        ["password as it is"] = Mail with { PasswordReference = "hunter22" },
        ["password without a name"] = Mail with { UserName = null },
        ["name without a password"] = Mail with { PasswordReference = null },
        ["password in the clear"] = Mail with { Security = SmtpSecurity.None },
        ["no address"] = Hook with { Url = "hunter22" },
        ["other scheme"] = Hook with { Url = "ftp://example.com/hunter22" },
        ["address with a password"] = Hook with { Url = "https://u:hunter22@example.com/" },
        ["address with a token"] = Hook with { Url = "https://example.com/?access_token=hunter22" },
        ["method"] = Hook with { Method = "DELETE" },
        ["template"] = Hook with { Template = "{{nothing}}" },
        ["content type"] = Hook with { ContentType = "hello" },
        ["content type without a template"] = Hook with { Template = null },
        ["secret header"] = Hook with { Headers = new Dictionary<string, string> { ["X-Api-Key"] = "hunter22" } },
        ["header injection"] = Hook with { Headers = new Dictionary<string, string> { ["X-A"] = "1\r\nX-B: hunter22" } },
        ["header name"] = Hook with { Headers = new Dictionary<string, string> { ["X A"] = "1" } },
        ["own header"] = Hook with { Headers = new Dictionary<string, string> { ["content-length"] = "1" } },
        ["signing key as it is"] = Hook with { SigningKeyReference = "hunter22" },
        ["proxy with a password"] = Hook with { Proxy = new Uri("http://u:hunter22@proxy") },
        ["slack as it is"] = new SlackTarget { Url = "https://hooks.slack.com/services/T/B/hunter22" },
        ["teams as it is"] = new TeamsTarget { Url = "https://prod.logic.azure.com/hunter22" },
        ["discord as it is"] = new DiscordTarget { Url = "https://discord.com/api/webhooks/1/hunter22" },
        ["relative file"] = new SlackTarget { Url = "file:hunter22" },
        ["ntfy without topic"] = new NtfyTarget { Url = "https://ntfy.sh/" },
        ["ntfy token as it is"] = new NtfyTarget { Url = "https://ntfy.sh/a", TokenReference = "hunter22" },
        ["syslog"] = new SyslogTarget { Place = "https://u:hunter22@example.com" },
        ["relative syslog"] = new SyslogTarget { Place = "dev/log" },
        ["source"] = new EventLogTarget { Source = "a\\b" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_kind_is_found_again_as_it_was_kept(string kind)
    {
        NotificationChannel channel = new()
        {
            Name = "Ops",
            Target = Targets[kind],
            Mode = kind == "ping" ? NotificationMode.Always : NotificationMode.Digest,
            IsEnabled = false,
            Route = new NotificationRoute
            {
                MinimumSeverity = kind == "ping" ? AlertSeverity.Info : AlertSeverity.Warning,
                Policies = ["shop*"],
                Events = [NotificationEvent.BackupFailed],
            },
        };

        await _store.AddAsync(channel, CancellationToken.None);

        NotificationChannel found = await _store.FindAsync("OPS", CancellationToken.None);
        Assert.Equal(kind, found.Target.Kind.ToString().ToLowerInvariant());
        Assert.Equivalent(channel, found, strict: true);
        Assert.Equivalent(new[] { channel }, await ListAsync(), strict: true);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_refused_and_nothing_secret_is_kept_or_repeated(string mistake)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => _store.AddAsync(Samples.Channel(Wrong[mistake]), CancellationToken.None));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.DoesNotContain("hunter22", failure.Message + failure.Guidance + failure.Subject, StringComparison.Ordinal);
        Assert.False(File.Exists(_catalog.Location));
    }

    [Fact]
    public async Task Names_are_taken_once_and_can_be_changed_and_given_up()
    {
        await _store.AddAsync(Samples.Channel(Targets["slack"]), CancellationToken.None);
        await _store.AddAsync(Samples.Channel(Targets["ntfy"]) with { Name = "second" }, CancellationToken.None);

        await AssertFailsAsync(
            BackupErrorKind.NotificationExists,
            () => _store.AddAsync(Samples.Channel(Targets["ntfy"]) with { Name = "OPS" }, CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.NotificationExists,
            () => _store.UpdateAsync(
                "second", Samples.Channel(Targets["ntfy"]) with { Name = "ops" }, CancellationToken.None));
        await _store.UpdateAsync("Second", Samples.Channel(Targets["ping"]) with { Name = "third" }, CancellationToken.None);
        await _catalog.RemoveChannelAsync("OPS", CancellationToken.None);

        Assert.Equal(["third"], (await ListAsync()).Select(channel => channel.Name));
        await AssertFailsAsync(
            BackupErrorKind.NotificationNotFound, () => _store.FindAsync("second", CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.NotificationNotFound,
            () => _store.UpdateAsync("second", Samples.Channel(Targets["ping"]), CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.NotificationNotFound, () => _catalog.RemoveChannelAsync("second", CancellationToken.None));
    }

    [Fact]
    public async Task A_bad_name_is_refused()
    {
        await AssertFailsAsync(
            BackupErrorKind.InvalidArgument,
            () => _store.AddAsync(Samples.Channel(Targets["slack"]) with { Name = "a b" }, CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"target\":{\"type\":\"carrier-pigeon\"}}")]
    [InlineData("{\"target\":{\"url\":\"https://example.com\"}}")]
    public async Task Settings_that_cannot_be_read_are_named_and_do_not_hide_the_others(string json)
    {
        await _store.AddAsync(Samples.Channel(Targets["slack"]), CancellationToken.None);
        await _catalog.AddChannelAsync(
            new StoredChannel("broken", json), CancellationToken.None);
        List<BackupException> failures = [];

        IReadOnlyList<NotificationChannel> channels = await _store.ListAsync(failures.Add, CancellationToken.None);

        Assert.Equal(["ops"], channels.Select(channel => channel.Name));
        Assert.Equal(
            (BackupErrorKind.CatalogUnavailable, "broken"), (Assert.Single(failures).Kind, failures[0].Subject));
    }

    private static async Task AssertFailsAsync(BackupErrorKind kind, Func<Task> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<BackupException>(call)).Kind);

    private async Task<IReadOnlyList<NotificationChannel>> ListAsync()
    {
        List<BackupException> failures = [];
        IReadOnlyList<NotificationChannel> channels = await _store.ListAsync(failures.Add, CancellationToken.None);
        Assert.Empty(failures);
        return channels;
    }
}
