using System;
using System.Text.Json.Nodes;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class WebhookTemplateTests
{
    [Fact]
    public void Values_are_escaped_as_JSON_needs_it()
    {
        Notification notification = Samples.Failure with
        {
            Title = "quote \" backslash \\ line\nend </script> 🙂",
            Message = ["one", "two"],
        };

        JsonNode json = JsonNode.Parse(Render(
            """{"t": "{{title}}", "m": "{{ message }}", "code": {{exitCode}}, "d": "{{fact:duration}}", "all": {{json}}}""",
            notification))!;

        Assert.Equal("quote \" backslash \\ line\nend </script> 🙂", (string?)json["t"]);
        Assert.Equal("one\ntwo", (string?)json["m"]);
        Assert.Equal(1, (int)json["code"]!);
        Assert.Equal("4.2 s", (string?)json["d"]);
        Assert.Equal("BackupFailed", (string?)json["all"]!["event"]);
    }

    [Fact]
    public void What_does_not_apply_is_empty_and_JSON_stays_JSON()
    {
        JsonNode json = JsonNode.Parse(Render(
            """{"p": "{{policy}}", "code": {{exitCode}}, "f": "{{fact:None}}"}""",
            Samples.Failure with { PolicyName = null, ExitCode = null }))!;

        Assert.Equal(("", ""), ((string?)json["p"], (string?)json["f"]));
        Assert.Null(json["code"]);
    }

    [Fact]
    public void Forms_are_percent_encoded_and_text_is_left_alone()
    {
        Notification notification = Samples.Failure with { Title = "a&b=c \"d\"", ExitCode = null };

        Assert.Equal(
            "title=a%26b%3Dc%20%22d%22&code=",
            Render("title={{title}}&code={{exitCode}}", notification, "application/x-www-form-urlencoded"));
        Assert.Equal("a&b=c \"d\" Critical", Render("{{title}} {{severity}}", notification, "text/plain; charset=utf-8"));
    }

    [Theory]
    [InlineData("{\n  \"a\": \"{{titel}}\"}", "titel", "line 2, column 9")]
    [InlineData("{\"a\": \"{{title}\"}", "not closed", "line 1, column 8")]
    [InlineData("{\"a\": {{title}}}", "no JSON", "")]
    [InlineData("not json", "no JSON", "")]
    public void A_template_with_a_mistake_is_refused_and_says_where(string template, string what, string where)
    {
        BackupException failure = Assert.Throws<BackupException>(
            () => WebhookTemplate.Parse(template, "application/problem+json"));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.Contains(where, failure.Message, StringComparison.Ordinal);
    }

    private static string Render(string template, Notification notification, string contentType = "application/json") =>
        WebhookTemplate.Parse(template, contentType).Render(notification);
}
