using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class WebTests : IDisposable
{
    private const string SecretPath = "services/T000/B000/verysecretpath";

    private readonly WebServer _server = new();
    private readonly SecretVariable _url;

    public WebTests() => _url = new SecretVariable(new Uri(_server.Address, SecretPath).ToString());

    public static TheoryData<string> ChatKinds => ["slack", "teams", "discord", "ntfy", "ping", "webhook"];

    private WebRequestRecord Request => Assert.Single(_server.Requests);

    public void Dispose()
    {
        _server.Dispose();
        _url.Dispose();
    }

    [Fact]
    public async Task Slack_gets_blocks_in_which_nothing_is_a_link_or_a_mention()
    {
        Notification notification = Samples.Failure with
        {
            Message = ["<!channel> & <http://evil|x>"],
            Facts = [new NotificationFact("Files", "<1> & *2*")],
            Guidance = null,
            RepositoryName = null,
        };

        NotificationResult result = await Samples.DeliverAsync(Target("slack"), notification);

        Assert.Equal("HTTP 200: ok", result.Evidence);
        Assert.Equal(("POST", "/" + SecretPath), (Request.Method, Request.Target));
        Assert.Equal("application/json; charset=utf-8", Request.Headers["Content-Type"]);
        AssertJson(
            """
            {
              "text": "🔴 Backup of shop failed",
              "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "🔴 Backup of shop failed", "emoji": false}},
                {"type": "section", "text": {"type": "plain_text", "text": "<!channel> & <http://evil|x>\nError: The bucket is not there.", "emoji": false}},
                {"type": "section", "fields": [
                  {"type": "mrkdwn", "text": "*Files*\n&lt;1&gt; &amp; *2*"},
                  {"type": "mrkdwn", "text": "*Policy*\nshop"},
                  {"type": "mrkdwn", "text": "*Host*\nweb1"},
                  {"type": "mrkdwn", "text": "*Time*\n2026-05-04T03:02:01+02:00"},
                  {"type": "mrkdwn", "text": "*Run*\n6f9619ff-8b86-4d11-b42d-00c04fc964ff"}
                ]}
              ]
            }
            """);
    }

    [Fact]
    public async Task Teams_gets_an_adaptive_card_whose_texts_are_not_read_as_Markdown()
    {
        Notification notification = Samples.Success with
        {
            Message = ["[x](http://evil) *a_b*"],
            Facts = [],
            PolicyName = null,
            RepositoryName = null,
            RunId = null,
        };

        await Samples.DeliverAsync(Target("teams"), notification);

        AssertJson(
            """
            {
              "type": "message",
              "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                  "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                  "type": "AdaptiveCard",
                  "version": "1.4",
                  "msteams": {"width": "Full"},
                  "body": [
                    {"type": "RichTextBlock", "spacing": "Default", "inlines": [{"type": "TextRun", "text": "✅ Backup of shop succeeded", "size": "Large", "weight": "Bolder", "color": "Good"}]},
                    {"type": "RichTextBlock", "spacing": "Small", "inlines": [{"type": "TextRun", "text": "[x](http://evil) *a_b*"}]},
                    {"type": "RichTextBlock", "spacing": "None", "inlines": [{"type": "TextRun", "text": "Host: ", "weight": "Bolder"}, {"type": "TextRun", "text": "web1"}]},
                    {"type": "RichTextBlock", "spacing": "None", "inlines": [{"type": "TextRun", "text": "Time: ", "weight": "Bolder"}, {"type": "TextRun", "text": "2026-05-04T03:02:01+02:00"}]}
                  ]
                }
              }]
            }
            """);
    }

    [Fact]
    public async Task Teams_that_says_in_the_text_that_it_did_not_deliver_is_a_failure()
    {
        _server.Usual = new WebAnswer(200, "Webhook message delivery failed with error: HTTP error 413");

        AssertFailed(await Samples.SendAsync(Target("teams")), "413", attempts: 3);
    }

    [Fact]
    public async Task Discord_gets_an_embed_that_mentions_nobody()
    {
        Notification notification = Samples.Failure with
        {
            Severity = AlertSeverity.Warning,
            Message = ["@everyone **bold** [x](http://evil)"],
            Error = null,
            Guidance = null,
            Facts = [new NotificationFact("Files", "")],
            RepositoryName = null,
            RunId = null,
        };

        await Samples.DeliverAsync(Target("discord"), notification);

        Assert.Equal($"/{SecretPath}?wait=true", Request.Target);
        AssertJson(
            """
            {
              "embeds": [{
                "title": "⚠️ Backup of shop failed",
                "description": "@everyone \\*\\*bold\\*\\* \\[x\\](http://evil)",
                "color": 15512110,
                "timestamp": "2026-05-04T03:02:01.0000000+02:00",
                "fields": [
                  {"name": "Files", "value": "-", "inline": true},
                  {"name": "Policy", "value": "shop", "inline": true},
                  {"name": "Host", "value": "web1", "inline": true},
                  {"name": "Time", "value": "2026\\-05\\-04T03:02:01+02:00", "inline": true}
                ]
              }],
              "allowed_mentions": {"parse": []}
            }
            """);
    }

    [Theory]
    [InlineData(AlertSeverity.Info, 3, "white_check_mark")]
    [InlineData(AlertSeverity.Warning, 4, "warning")]
    [InlineData(AlertSeverity.Critical, 5, "rotating_light")]
    public async Task Ntfy_gets_the_topic_a_priority_and_a_token(AlertSeverity severity, int priority, string tag)
    {
        using SecretVariable token = new("tk_verysecrettoken");
        NtfyTarget target = new()
        {
            Url = new Uri(_server.Address, "sub/my%20topic").ToString(),
            TokenReference = token.Reference,
        };

        await Samples.DeliverAsync(target, Samples.Failure with { Severity = severity, Facts = [], Message = [] });

        Assert.Equal(("/sub/", "Bearer tk_verysecrettoken"), (Request.Target, Request.Headers["Authorization"]));
        Assert.Equal("my topic", (string?)Request.Json["topic"]);
        Assert.Equal("Backup of shop failed", (string?)Request.Json["title"]);
        Assert.StartsWith("Error: The bucket is not there.\n", (string?)Request.Json["message"], StringComparison.Ordinal);
        Assert.Equal((priority, tag), ((int)Request.Json["priority"]!, (string?)Request.Json["tags"]![0]));
    }

    [Theory]
    [InlineData(NotificationEvent.BackupStarted, null, "/start")]
    [InlineData(NotificationEvent.BackupSucceeded, 0, "/0")]
    [InlineData(NotificationEvent.BackupWarning, 3, "/3")]
    [InlineData(NotificationEvent.BackupFailed, 1, "/1")]
    [InlineData(NotificationEvent.BackupSucceeded, null, "")]
    [InlineData(NotificationEvent.BackupFailed, null, "/fail")]
    [InlineData(NotificationEvent.VerificationFailed, null, "/fail")]
    [InlineData(NotificationEvent.AlertOpened, null, "/log")]
    [InlineData(NotificationEvent.Test, null, "/log")]
    public async Task A_ping_tells_how_it_went_by_its_path(NotificationEvent happened, int? exitCode, string path)
    {
        PingTarget target = new() { Url = new Uri(_server.Address, "ping/uuid/").ToString() };

        await Samples.DeliverAsync(target, Samples.Failure with { Event = happened, ExitCode = exitCode });

        Assert.Equal(("POST", $"/ping/uuid{path}?rid={Samples.RunId}"), (Request.Method, Request.Target));
        Assert.StartsWith("Backup of shop failed\nNothing was stored.\n", Request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_and_end_of_a_run_have_one_UUID_whatever_form_the_id_has()
    {
        PingTarget target = new() { Url = new Uri(_server.Address, "ping?create=1").ToString() };

        await Samples.DeliverAsync(target, Samples.Failure with { RunId = "20260504-shop" });
        await Samples.DeliverAsync(target, Samples.Success with { RunId = "20260504-shop" });
        await Samples.DeliverAsync(target, Samples.Success with { RunId = "20260505-shop" });

        string[] ids = [.. _server.Requests.Select(request => request.Target.Split("?create=1&rid=")[1])];
        Assert.True(Guid.TryParseExact(ids[0], "D", out _));
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
    }

    [Theory]
    [InlineData("OK (not found)", 1)]
    [InlineData("OK (rate limited)", 3)]
    public async Task A_ping_that_was_not_counted_is_a_failure(string answer, int attempts)
    {
        _server.Usual = new WebAnswer(200, answer);

        AssertFailed(await Samples.SendAsync(Target("ping")), "", attempts);
    }

    [Fact]
    public async Task A_webhook_sends_everything_there_is_as_JSON()
    {
        await Samples.DeliverAsync(Target("webhook"), Samples.Failure with { RecoveredFrom = AlertSeverity.Warning });

        Assert.Equal("application/json", Request.Headers["Content-Type"]);
        Assert.True(Guid.TryParse(Request.Headers["X-Delivery-Id"], out _));
        Assert.Null(Request.Headers["X-Signature-256"]);
        AssertJson(
            """
            {
              "event": "BackupFailed",
              "severity": "Critical",
              "title": "Backup of shop failed",
              "message": ["Nothing was stored.", "The last good backup is of 2026-05-03."],
              "policy": "shop",
              "repository": "main",
              "runId": "6f9619ff-8b86-4d11-b42d-00c04fc964ff",
              "host": "web1",
              "time": "2026-05-04T03:02:01+02:00",
              "exitCode": 1,
              "facts": [{"name": "Duration", "value": "4.2 s"}, {"name": "Files", "value": "17"}],
              "error": "The bucket is not there.",
              "guidance": "Check its name.",
              "recoveredFrom": "Warning"
            }
            """);
    }

    [Fact]
    public async Task A_webhook_has_method_headers_and_a_signature_that_openssl_verifies()
    {
        using SecretVariable key = new("verysecretkey");
        using SecretVariable token = new("verysecrettoken");
        using TemporaryFolder folder = new();
        WebhookTarget target = (WebhookTarget)Target("webhook") with
        {
            Method = "PUT",
            Template = "größe: {{title}}\n",
            ContentType = "text/plain; charset=utf-8",
            Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token.Reference}", ["X-Team"] = "ops" },
            SigningKeyReference = key.Reference,
        };
        long before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        await Samples.DeliverAsync(target);

        Assert.Equal(("PUT", "größe: Backup of shop failed\n"), (Request.Method, Request.Text));
        Assert.Equal(("Bearer verysecrettoken", "ops"), (Request.Headers["Authorization"], Request.Headers["X-Team"]));
        string timestamp = Request.Headers["X-Timestamp"]!;
        Assert.InRange(
            long.Parse(timestamp, CultureInfo.InvariantCulture), before, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        await File.WriteAllBytesAsync(folder["body"], Request.Content);
        string digest = Shell.Read(
            $"(printf '%s.' {timestamp}; cat body) | openssl dgst -sha256 -hmac verysecretkey -r | cut -d ' ' -f 1",
            folder.Path);
        Assert.Equal($"sha256={digest}", Request.Headers["X-Signature-256"]);
    }

    [Fact]
    public async Task A_secret_of_two_lines_becomes_no_second_header()
    {
        using SecretVariable token = new("one\r\nX-Evil: two");
        WebhookTarget target = (WebhookTarget)Target("webhook") with
        {
            Headers = new Dictionary<string, string> { ["X-Api-Key"] = token.Reference },
        };

        AssertFailed(await Samples.SendAsync(target), "X-Api-Key", attempts: 1);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [MemberData(nameof(ChatKinds))]
    public async Task Texts_that_are_too_long_are_cut_to_what_the_service_takes(string kind)
    {
        await Samples.DeliverAsync(Target(kind), Samples.Huge);

        JsonNode? json = kind == "ping" ? null : Request.Json;
        switch (kind)
        {
            case "slack":
                JsonArray blocks = json!["blocks"]!.AsArray();
                Assert.InRange(((string)blocks[0]!["text"]!["text"]!).Length, 100, 150);
                Assert.InRange(((string)blocks[1]!["text"]!["text"]!).Length, 2_000, 3_000);
                Assert.Equal(10, blocks[2]!["fields"]!.AsArray().Count);
                Assert.All(blocks[2]!["fields"]!.AsArray(), field => Assert.InRange(((string)field!["text"]!).Length, 1, 2_000));
                break;
            case "teams":
                Assert.InRange(Request.Content.Length, 5_000, 28_000);
                break;
            case "discord":
                JsonNode embed = json!["embeds"]![0]!;
                JsonArray fields = embed["fields"]!.AsArray();
                string title = (string)embed["title"]!;
                string description = (string)embed["description"]!;
                Assert.InRange(title.Length, 200, 256);
                Assert.InRange(description.Length, 2_000, 4_096);
                Assert.All(fields, field => Assert.InRange(((string)field!["name"]!).Length, 1, 256));
                Assert.All(fields, field => Assert.InRange(((string)field!["value"]!).Length, 1, 1_024));
                Assert.InRange(
                    title.Length + description.Length
                        + fields.Sum(field => ((string)field!["name"]!).Length + ((string)field["value"]!).Length),
                    3_000,
                    6_000);
                break;
            case "ntfy":
                Assert.InRange(Encoding.UTF8.GetByteCount((string)json!["message"]!), 3_000, 4_096);
                break;
            case "ping":
                Assert.InRange(Request.Content.Length, 9_000, 10_000);
                break;
            default:
                Assert.Equal(Samples.Huge.Error, (string?)json!["error"]);
                break;
        }

        Assert.DoesNotContain('\ufffd', Request.Text);
        Assert.DoesNotContain("\\uFFFD", Request.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])", Request.Text);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task What_may_pass_is_tried_again(int status)
    {
        _server.Answer(status, "later", ("Retry-After", "0")).Answer(status, "later");

        NotificationResult result = await Samples.DeliverAsync(Target("webhook"));

        Assert.Equal(3, result.Attempts);
        Assert.Single(_server.Requests.Select(request => request.Headers["X-Delivery-Id"]).Distinct());
    }

    [Fact]
    public async Task A_server_that_asks_for_patience_gets_no_more_than_the_limit()
    {
        _server.Answer(429, "", ("Retry-After", "86400")).Answer(429, "", ("Retry-After", "Wed, 21 Oct 2099 07:28:00 GMT"));

        Assert.Equal(3, (await Samples.DeliverAsync(Target("slack"))).Attempts);
    }

    [Fact]
    public async Task What_stays_down_is_a_failure_with_the_last_answer()
    {
        _server.Usual = new WebAnswer(500, "<html>\n\u0007deep trouble</html>");

        NotificationResult result = await Samples.SendAsync(Target("slack"));

        AssertFailed(result, "answered 500: <html>  deep trouble</html>", attempts: 3);
        Assert.True(result.Failure!.IsTransient);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(302)]
    public async Task What_stays_refused_is_not_tried_again(int status)
    {
        _server.Answer(status, "no_service", ("Location", "http://127.0.0.1:1/elsewhere"));

        AssertFailed(await Samples.SendAsync(Target("slack")), $"answered {status}: no_service", attempts: 1);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        _server.Hang().Hang();
        NotificationLimits limits = Samples.Hurry with { Retries = 1, AttemptLimit = TimeSpan.FromMilliseconds(300) };

        NotificationResult result = await Samples.Dispatcher(limits).SendAsync(
            Samples.Channel(Target("webhook")), Samples.Failure, CancellationToken.None);

        AssertFailed(result, "did not answer in time", attempts: 2);
    }

    [Fact]
    public async Task All_of_it_together_has_a_limit_too()
    {
        _server.Usual = new WebAnswer(503, "down");
        NotificationLimits limits = Samples.Hurry with
        {
            FirstPause = TimeSpan.FromHours(1),
            LongestPause = TimeSpan.FromHours(1),
            TotalLimit = TimeSpan.FromSeconds(2),
        };

        NotificationResult result = await Samples.Dispatcher(limits).SendAsync(
            Samples.Channel(Target("webhook")), Samples.Failure, CancellationToken.None);

        AssertFailed(result, "answered 503: down", attempts: 1);
    }

    [Fact]
    public async Task Answers_without_end_are_not_read_to_their_end()
    {
        _server.Usual = new WebAnswer(200, new string('x', 1_000_000));

        Assert.InRange((await Samples.DeliverAsync(Target("webhook"))).Evidence!.Length, 100, 400);
    }

    [Theory]
    [MemberData(nameof(ChatKinds))]
    public async Task An_address_that_is_a_secret_is_not_in_a_failure_that_repeats_it(string kind)
    {
        _server.Usual = new WebAnswer(404, $"nothing at /{SecretPath} nor {_server.Address}{SecretPath}");

        NotificationResult result = await Samples.SendAsync(Target(kind));

        AssertFailed(result, "answered 404", attempts: 1);
        Assert.DoesNotContain("verysecret", result.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_is_used()
    {
        WebhookTarget target = new() { Url = "http://nowhere.invalid/hook", Proxy = _server.Address };

        // The listener answers so where a request is for another host than its own.
        AssertFailed(await Samples.SendAsync(target), "nowhere.invalid answered 404", attempts: 1);
    }

    [Theory]
    [MemberData(nameof(ChatKinds))]
    public async Task Names_of_files_that_are_no_UTF_8_do_no_harm(string kind)
    {
        await Samples.DeliverAsync(Target(kind), Samples.Failure with { Error = "Cannot read /srv/caf\udce9." });

        Assert.Matches(@"/srv/caf(\ufffd|\\uFFFD)\.", Request.Text);
    }

    private static void AssertFailed(NotificationResult result, string message, int attempts)
    {
        Assert.False(result.Sent);
        Assert.Equal(BackupErrorKind.NotificationFailed, result.Failure!.Kind);
        Assert.Contains(message, result.Failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(result.Failure.Guidance!);
        Assert.Equal(attempts, result.Attempts);
    }

    private ChannelTarget Target(string kind) => kind switch
    {
        "slack" => new SlackTarget { Url = _url.Reference },
        "teams" => new TeamsTarget { Url = _url.Reference },
        "discord" => new DiscordTarget { Url = _url.Reference },
        "ntfy" => new NtfyTarget { Url = _url.Reference },
        "ping" => new PingTarget { Url = _url.Reference },
        _ => new WebhookTarget { Url = _url.Reference },
    };

    private void AssertJson(string expected) => Assert.True(
        JsonNode.DeepEquals(JsonNode.Parse(expected), Request.Json), Request.Text);
}
