namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>How the connection with a mail server is encrypted.</summary>
public enum SmtpSecurity
{
    /// <summary>It begins in the clear, and nothing is sent before STARTTLS has encrypted it. A server that cannot is
    /// refused. Port 587.</summary>
    StartTls,

    /// <summary>It is encrypted from its first byte. Port 465.</summary>
    Tls,

    /// <summary>It is not. Port 25.</summary>
    None,
}
