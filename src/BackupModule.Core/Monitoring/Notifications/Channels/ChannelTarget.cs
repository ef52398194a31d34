using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>Where the messages of a channel go, and how. Holds references to secrets, and no secret.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SmtpTarget), "smtp")]
[JsonDerivedType(typeof(WebhookTarget), "webhook")]
[JsonDerivedType(typeof(SlackTarget), "slack")]
[JsonDerivedType(typeof(TeamsTarget), "teams")]
[JsonDerivedType(typeof(DiscordTarget), "discord")]
[JsonDerivedType(typeof(NtfyTarget), "ntfy")]
[JsonDerivedType(typeof(PingTarget), "ping")]
[JsonDerivedType(typeof(SyslogTarget), "syslog")]
[JsonDerivedType(typeof(EventLogTarget), "eventlog")]
public abstract record ChannelTarget
{
    /// <summary>The kind.</summary>
    public abstract NotificationKind Kind { get; }

    /// <summary>Where messages go, for people; a reference where the address is a secret.</summary>
    public abstract string Address { get; }

    /// <summary>Checks every member.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: a member makes no sense or holds a secret. The message does
    /// not repeat what may be one.</exception>
    public abstract void Validate();

    /// <summary>The failure of a check.</summary>
    private protected static BackupException Refuse(string message, string? guidance = null) =>
        new(BackupErrorKind.InvalidArgument, message, guidance);
}
