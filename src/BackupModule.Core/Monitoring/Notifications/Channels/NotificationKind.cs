namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>How a channel tells people, or their machines.</summary>
public enum NotificationKind
{
    /// <summary>Mail.</summary>
    Smtp,

    /// <summary>A request to any web server.</summary>
    Webhook,

    /// <summary>A Slack channel.</summary>
    Slack,

    /// <summary>A Microsoft Teams channel or chat.</summary>
    Teams,

    /// <summary>A Discord channel.</summary>
    Discord,

    /// <summary>A topic of an ntfy server.</summary>
    Ntfy,

    /// <summary>A check of Healthchecks or a server that takes the same pings.</summary>
    Ping,

    /// <summary>The system log of Unix, here or on another machine.</summary>
    Syslog,

    /// <summary>The event log of Windows.</summary>
    EventLog,
}
