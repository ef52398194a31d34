using System;
using System.Linq;
using System.Net.Security;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Storage.Http;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Sends mail.</summary>
/// <param name="target">The settings.</param>
/// <param name="password">The password; null to log in nowhere.</param>
internal sealed class SmtpNotifier(SmtpTarget target, string? password) : INotifier
{
    private readonly RemoteCertificateValidationCallback? _trust =
        target.AuthorityFile is { } file ? TrustedAuthorities.Read(file) : null;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using MimeMessage message = Compose(notification);

        // Most machines in data centres cannot reach the servers of revocation lists.
        using SmtpClient client = new() { CheckCertificateRevocation = false };
        client.ServerCertificateValidationCallback = _trust;
        try
        {
            await ConnectAsync(client, cancellationToken).ConfigureAwait(false);
            await LogInAsync(client, cancellationToken).ConfigureAwait(false);
            string answer = await client.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return $"{target.Server} answered: {NotificationText.Printable(answer)}";
        }
        catch (SmtpCommandException failure)
        {
            throw Refused(failure);
        }
        catch (ServiceNotAuthenticatedException failure)
        {
            throw SendFailures.Permanent(
                $"The mail server {target.Server} wants a login: {failure.Message}", "Give -UserName and -Password.", failure);
        }
        catch (SmtpProtocolException failure)
        {
            throw SendFailures.Passing(
                $"The mail server {target.Server} broke off: {failure.Message}",
                "Check that a mail server answers at this port, and -SmtpSecurity.",
                inner: failure);
        }
        catch (Exception failure) when (SendFailures.IsOfNetwork(failure))
        {
            throw SendFailures.OfNetwork(failure, target.Server);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async Task ConnectAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        SecureSocketOptions options = target.Security switch
        {
            SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.None,
        };
        try
        {
            await client.ConnectAsync(target.Host, target.UsedPort, options, cancellationToken).ConfigureAwait(false);
        }
        catch (SslHandshakeException failure)
        {
            throw SendFailures.Untrusted(target.Server, failure);
        }
        catch (NotSupportedException failure)
        {
            throw SendFailures.Permanent(
                $"The mail server {target.Server} does not offer STARTTLS, so nothing was sent to it.",
                "Use -SmtpSecurity Tls with its port for TLS, usually 465; -SmtpSecurity None sends mail in the clear.",
                failure);
        }
    }

    private async Task LogInAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        if (password is null)
        {
            return;
        }

        try
        {
            await client.AuthenticateAsync(target.UserName ?? string.Empty, password, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException failure)
        {
            throw SendFailures.Permanent(
                $"The mail server {target.Server} refuses the login of '{target.UserName}': {failure.Message}",
                "Check -UserName and the password that -Password points to; some providers want a password for apps.",
                failure);
        }
        catch (NotSupportedException failure)
        {
            throw SendFailures.Permanent(
                $"The mail server {target.Server} offers no login that could be used.",
                "Leave -UserName and -Password out if it wants none, or use its port for submission, usually 587.",
                failure);
        }
    }

    // RFC 5321: 4yz may pass, 5yz stays.
    private Exception Refused(SmtpCommandException failure)
    {
        string what = failure.ErrorCode switch
        {
            SmtpErrorCode.SenderNotAccepted => $"does not take mail from {failure.Mailbox?.Address}",
            SmtpErrorCode.RecipientNotAccepted => $"does not take mail for {failure.Mailbox?.Address}",
            _ => "does not take the mail",
        };
        string message = $"The mail server {target.Server} {what}: {(int)failure.StatusCode} {failure.Message}";
        return (int)failure.StatusCode < 500
            ? SendFailures.Passing(message, inner: failure)
            : SendFailures.Permanent(
                message, "Check -From and -To, and -UserName and -Password if the server wants a login.", failure);
    }

    private MimeMessage Compose(Notification notification)
    {
        MimeMessage message = new()
        {
            Subject = NotificationText.Printable($"{notification.Title} [{notification.HostName}]"),
            Date = notification.Time,
            Body = new TextPart("plain") { Text = NotificationText.Body(notification) },
            Importance = notification.Severity == AlertSeverity.Info ? MessageImportance.Normal : MessageImportance.High,
        };
        message.From.Add(SmtpTarget.ParseAddress(target.From));
        message.To.AddRange(target.To.Select(SmtpTarget.ParseAddress));

        // RFC 3834: no machine answers this.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
