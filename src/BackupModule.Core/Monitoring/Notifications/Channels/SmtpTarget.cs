using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using MimeKit;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>Mail through an SMTP server.</summary>
public sealed record SmtpTarget : ChannelTarget
{
    /// <summary>The server's name or number.</summary>
    public required string Host { get; init; }

    /// <summary>The port; null for the usual one of <see cref="Security"/>.</summary>
    public int? Port { get; init; }

    /// <summary>How the connection is encrypted.</summary>
    public SmtpSecurity Security { get; init; }

    /// <summary>The sender, as in <c>Backup &lt;backup@example.com&gt;</c>.</summary>
    public required string From { get; init; }

    /// <summary>The receivers.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>The name to log in with; null for servers that want none.</summary>
    public string? UserName { get; init; }

    /// <summary>The reference of the password; null for servers that want none.</summary>
    public string? PasswordReference { get; init; }

    /// <summary>A PEM file of certificate authorities that are trusted besides the system's; null for none.</summary>
    public string? AuthorityFile { get; init; }

    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Smtp;

    /// <inheritdoc/>
    public override string Address => string.Join(", ", To);

    /// <summary>The port that is used.</summary>
    internal int UsedPort => Port ?? Security switch
    {
        SmtpSecurity.StartTls => 587,
        SmtpSecurity.Tls => 465,
        _ => 25,
    };

    /// <summary>The server for people.</summary>
    internal string Server => string.Create(CultureInfo.InvariantCulture, $"{Host}:{UsedPort}");

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
        {
            throw Refuse(
                "The mail server is not given by its name.", "Give the name alone, e.g. mail.example.com; -Port gives the port.");
        }

        if (Port is < 1 or > 65535)
        {
            throw Refuse("The port is not between 1 and 65535.");
        }

        _ = ParseAddress(From);
        if (To.Count == 0)
        {
            throw Refuse("The mail has no receiver.", "Give -To at least one address.");
        }

        _ = To.Select(ParseAddress).ToList();
        ValidateLogin();
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    internal static MailboxAddress ParseAddress(string text) =>
        MailboxAddress.TryParse(text, out MailboxAddress? address)
            && address.Address.IndexOf('@', StringComparison.Ordinal) > 0
            && !address.Address.EndsWith('@')
                ? address
                : throw Refuse($"'{text}' is not a mail address.", "Give NAME@DOMAIN, or Some Name <NAME@DOMAIN>.");

    private void ValidateLogin()
    {
        if (UserName is null != PasswordReference is null)
        {
            throw Refuse("A login needs a name and a password.", "Give -UserName and -Password, or neither.");
        }

        if (PasswordReference is null)
        {
            return;
        }

        _ = SecretReference.Parse(PasswordReference);
        if (Security == SmtpSecurity.None)
        {
            throw Refuse(
                "A password is not sent over a connection that anybody can read.",
                "Use -SmtpSecurity StartTls or Tls; -CertificateAuthority trusts a certificate of your own.");
        }
    }
}
