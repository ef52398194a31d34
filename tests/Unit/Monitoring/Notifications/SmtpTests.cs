using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Tests.Servers;
using MimeKit;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class SmtpTests : IDisposable
{
    private readonly SecretVariable _password = new(SmtpServer.Password);

    public void Dispose() => _password.Dispose();

    [Theory]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task Mail_arrives_encrypted_after_a_login(SmtpSecurity security)
    {
        using SmtpServer server = new(security);
        Notification notification = Samples.Failure with
        {
            Title = "Backup of größe failed\r\nBcc: evil@example.com",
            Message = ["Zeile 1 🙂", ".", "Bcc: evil@example.com"],
        };

        NotificationResult result = await Samples.DeliverAsync(
            LogIn(server) with { To = ["Ops <ops@example.com>", "second@example.com"] }, notification);

        Assert.Equal($"localhost:{server.Target.Port} answered: 2.0.0 Taken as 1", result.Evidence);
        string mail = Assert.Single(server.Mails);
        Assert.StartsWith(
            "X-Envelope-From: backup@example.com\r\nX-Envelope-To: ops@example.com, second@example.com\r\n"
                + "X-Envelope-Tls: True\r\nX-Envelope-Login: True\r\n",
            mail,
            StringComparison.Ordinal);
        using MimeMessage message = Read(mail);
        Assert.Equal("Backup of größe failed  Bcc: evil@example.com [web1]", message.Subject);
        Assert.Empty(message.Bcc);
        Assert.Equal("\"Backup\" <backup@example.com>", message.From.ToString());
        Assert.Equal("\"Ops\" <ops@example.com>, second@example.com", message.To.ToString());
        Assert.Equal(notification.Time, message.Date);
        Assert.Equal(MessageImportance.High, message.Importance);
        Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
        Assert.Equal(
            """
            Zeile 1 🙂
            .
            Bcc: evil@example.com
            Error: The bucket is not there.
            What to do: Check its name.

            Duration: 4.2 s
            Files: 17
            Policy: shop
            Repository: main
            Host: web1
            Time: 2026-05-04T03:02:01+02:00
            Run: 6f9619ff-8b86-4d11-b42d-00c04fc964ff
            """,
            message.TextBody!.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_neither_tried_again_nor_shown()
    {
        using SmtpServer server = new(SmtpSecurity.StartTls);
        using SecretVariable wrong = new("wrong stallion");

        NotificationResult result = await Samples.SendAsync(LogIn(server) with { PasswordReference = wrong.Reference });

        AssertFailed(result, "refuses the login of 'user'", "-Password");
        Assert.Equal(1, result.Attempts);
        Assert.DoesNotContain("wrong stallion", result.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_server_that_wants_a_login_says_so()
    {
        using SmtpServer server = new(SmtpSecurity.StartTls);

        AssertFailed(await Samples.SendAsync(server.Target), "wants a login", "-UserName");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using SmtpServer server = new(SmtpSecurity.StartTls);

        NotificationResult result = await Samples.SendAsync(LogIn(server) with { AuthorityFile = null });

        AssertFailed(result, "certificate of localhost", "-CertificateAuthority");
        Assert.Equal(1, result.Attempts);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_refused_although_its_authority_is_trusted()
    {
        using SmtpServer server = new(SmtpSecurity.StartTls);

        AssertFailed(
            await Samples.SendAsync(LogIn(server) with { Host = "127.0.0.1" }), "certificate of 127.0.0.1", "name");
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_server_without_encryption_gets_nothing_unless_that_is_allowed()
    {
        using SmtpServer server = new(SmtpSecurity.None);

        NotificationResult refused = await Samples.SendAsync(server.Target with { Security = SmtpSecurity.StartTls });
        AssertFailed(refused, "does not offer STARTTLS", "-SmtpSecurity");
        Assert.Empty(server.Mails);

        await Samples.DeliverAsync(server.Target);
        Assert.Contains("X-Envelope-Tls: False", Assert.Single(server.Mails), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_logins_is_told_apart()
    {
        using SmtpServer server = new(SmtpSecurity.None);

        AssertFailed(await Samples.SendAsync(LogIn(server)), "no login", "-UserName");
    }

    [Theory]
    [InlineData("unknown@example.com", 1, "550")]
    [InlineData("busy@example.com", 3, "450")]
    public async Task A_receiver_that_is_refused_is_named_and_tried_again_only_if_that_may_help(
        string receiver, int attempts, string status)
    {
        using SmtpServer server = new(SmtpSecurity.None);

        NotificationResult result = await Samples.SendAsync(server.Target with { To = ["ops@example.com", receiver] });

        AssertFailed(result, $"does not take mail for {receiver}: {status}", "");
        Assert.Equal(attempts, result.Attempts);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_port_with_no_server_or_another_one_is_explained()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        SmtpTarget target = new()
        {
            Host = "127.0.0.1",
            Port = port,
            From = "a@example.com",
            To = ["b@example.com"],
        };

        AssertFailed(await Samples.SendAsync(target), "refuses connections", "port");
        AssertFailed(await Samples.SendAsync(target with { Host = "mail.invalid" }), "not known", "name");
        using WebServer web = new();
        AssertFailed(
            await Samples.SendAsync(target with { Port = web.Address.Port, Security = SmtpSecurity.Tls }), "", "");
    }

    private static MimeMessage Read(string mail)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(mail));
        return MimeMessage.Load(stream);
    }

    private static void AssertFailed(NotificationResult result, string message, string guidance)
    {
        Assert.False(result.Sent);
        Assert.Equal(BackupErrorKind.NotificationFailed, result.Failure!.Kind);
        Assert.Contains(message, result.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(guidance, result.Failure.Guidance, StringComparison.Ordinal);
        Assert.Null(result.Evidence);
    }

    private SmtpTarget LogIn(SmtpServer server) =>
        server.Target with { UserName = "user", PasswordReference = _password.Reference };
}
