using System;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class SecretRedactorTests
{
    private const string Secret = "S3cr3t/Horse+9";

    [Theory]
    [InlineData("Cannot log in with S3cr3t/Horse+9 there.", "Cannot log in with *** there.")]
    [InlineData("GET /x?p=S3cr3t%2FHorse%2B9 gave 404", "GET /x?p=*** gave 404")]
    public void Known_secrets_are_taken_out(string text, string expected) =>
        Assert.Equal(expected, new SecretRedactor([Secret]).Redact(text));

    [Theory]
    [InlineData("postgres://shop:hunter22@db.example.com/shop", "hunter22")]
    [InlineData("postgres://shop:hun@ter22@db.example.com/shop", "ter22")]
    [InlineData("amqp://:hunter22@queue/", "hunter22")]
    [InlineData("Server=db;User Id=sa;Password=hunter22;Encrypt=true", "hunter22")]
    [InlineData("Server=db;User Id=sa;Pwd = 'hun ter22';Encrypt=true", "ter22")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=aGVsbG8gd29ybGQ==;", "aGVsbG8gd29ybGQ")]
    [InlineData("Endpoint=sb://x/;SharedAccessKey=aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGQ")]
    [InlineData("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "wJalrXUtnFEMI")]
    [InlineData("{\"user\":\"a\",\"password\": \"hunter22\"}", "hunter22")]
    [InlineData("{\"access_token\":\"hunter22\"}", "hunter22")]
    [InlineData("https://bucket.s3.amazonaws.com/x?X-Amz-Expires=9&X-Amz-Signature=deadbeef00", "deadbeef00")]
    [InlineData("https://prod.logic.azure.com/workflows/1?sp=%2F&sig=hunter22&x=1", "hunter22")]
    [InlineData("Authorization: Bearer abcdef.123456", "abcdef")]
    [InlineData("authorization: basic c2hvcDpodW50ZXIyMg==", "c2hvcDpodW50ZXIyMg")]
    [InlineData("POST https://hooks.slack.com/services/T0/B0/hunter22 failed", "hunter22")]
    [InlineData("POST https://discord.com/api/webhooks/1/hunter22 failed", "hunter22")]
    [InlineData("POST https://firm.webhook.office.com/webhookb2/hunter22 failed", "hunter22")]
    [InlineData("GET https://hc-ping.com/hunter22/start", "hunter22")]
    [InlineData("token xoxb-123456789012-abcdefghij was revoked", "abcdefghij")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghij")]
    [InlineData("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln was refused", "eyJzdWIiOiIxIn0")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIEow")]
    [InlineData("mysql: --password=hunter22 --user=a", "hunter22")]
    [InlineData("RESTIC_PASSWORD: hunter22", "hunter22")]
    [InlineData("pg_dump --db-password hunter22 --verbose failed", "hunter22")]
    public void What_looks_like_a_secret_is_taken_out(string text, string secret)
    {
        Assert.Contains(secret, text, StringComparison.Ordinal);

        string redacted = new SecretRedactor([]).Redact(text);

        Assert.DoesNotContain(secret, redacted, StringComparison.Ordinal);
        Assert.Contains("***", redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Backup of shop failed: the password is wrong for repository main.")]
    [InlineData("Cannot read /var/www/shop/token.php: permission denied")]
    [InlineData("17 files, 1.42 GB in 4.2 s; see https://example.com/docs#password and mailto:ops@example.com")]
    [InlineData("The server mail.example.com:587 answered 503: try again at 12:30:00")]
    [InlineData("s3://bucket/prefix/data/ab/abcd is missing")]
    public void Ordinary_texts_stay_as_they_are(string text) => Assert.Equal(text, new SecretRedactor([]).Redact(text));

    [Fact]
    public void Every_text_of_a_notification_is_redacted()
    {
        Notification notification = Samples.Failure with
        {
            Title = $"a {Secret}",
            Message = [$"b {Secret}", "c"],
            Facts = [new NotificationFact($"d {Secret}", $"e {Secret}")],
            Error = $"f {Secret}",
            Guidance = $"g {Secret}",
        };

        Notification redacted = new SecretRedactor([Secret]).Redact(notification);

        Assert.Equal(
            ["a ***", "b ***", "c", "d ***", "e ***", "f ***", "g ***"],
            [
                redacted.Title, .. redacted.Message, redacted.Facts[0].Name, redacted.Facts[0].Value,
                redacted.Error!, redacted.Guidance!,
            ]);
    }

    [Fact]
    public void A_failure_keeps_its_kind_and_loses_its_causes()
    {
        BackupException failure = new(
            BackupErrorKind.NotificationFailed, $"refused {Secret}", "next", new InvalidOperationException(Secret))
        {
            IsTransient = true,
        };

        BackupException redacted = new SecretRedactor([Secret]).Redact(failure);

        Assert.DoesNotContain(Secret, redacted.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            (failure.Kind, "refused ***", "next", true),
            (redacted.Kind, redacted.Message, redacted.Guidance, redacted.IsTransient));
    }

    [Fact]
    public void Tiny_secrets_do_not_tear_up_words() =>
        Assert.Equal("a banana", new SecretRedactor(["a", "ana"]).Redact("a banana"));

    [Theory]
    [InlineData("a_-token.api-key://x@")]
    [InlineData("a1")]
    [InlineData("eyJ-")]
    [InlineData("x://")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    public void Long_texts_are_no_trap(string part) =>
        Assert.NotEmpty(new SecretRedactor([Secret]).Redact(string.Concat(Enumerable.Repeat(part, 100_000))));
}
