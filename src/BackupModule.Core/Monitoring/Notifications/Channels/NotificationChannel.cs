using System;
using System.Linq;
using System.Text.Json.Serialization;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>How somebody is told what happens: where messages go, and which ones. Holds no secret.</summary>
public sealed record NotificationChannel
{
    /// <summary>The name users type; the rule is that of <see cref="NameRule"/>.</summary>
    [JsonIgnore]
    public string Name { get; init; } = string.Empty;

    /// <summary>Where messages go, and how.</summary>
    public required ChannelTarget Target { get; init; }

    /// <summary>Which messages go there.</summary>
    public NotificationRoute Route { get; init; } = new();

    /// <summary>Which outcomes are told, unless a policy says otherwise.</summary>
    public NotificationMode Mode { get; init; }

    /// <summary>False to send nothing for now.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Checks every member.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: a member makes no sense or holds a secret.</exception>
    public void Validate()
    {
        NameRule.Validate(Name, "notification");
        Target.Validate();
        if (Target.Kind == NotificationKind.Ping
            && (Mode != NotificationMode.Always || Route.MinimumSeverity != AlertSeverity.Info))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "A ping tells a watcher that backups go on, so it must hear of every success.",
                "Leave -Mode and -MinimumSeverity out; -PolicyName and -Event choose what it hears.");
        }

        if (Route.Policies.Any(static pattern => pattern.Trim().Length == 0))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, "A policy's name is empty.", "Give names or patterns such as shop*.");
        }
    }

    /// <summary>True if the notification is to be sent here.</summary>
    /// <param name="notification">What happened.</param>
    /// <param name="mode">What the policy says of the outcomes that are told; null for the channel's own mode.</param>
    public bool Takes(Notification notification, NotificationMode? mode = null) =>
        IsEnabled && Route.Admits(notification) && Fits(notification, mode ?? Mode);

    private bool Fits(Notification notification, NotificationMode mode) => notification.Event switch
    {
        NotificationEvent.Digest => mode == NotificationMode.Digest || Route.Events.Contains(NotificationEvent.Digest),
        NotificationEvent.Test => true,
        _ when Target.Kind == NotificationKind.Ping => true,
        _ => mode switch
        {
            NotificationMode.Always => true,
            NotificationMode.FailuresOnly => notification.Urgency > AlertSeverity.Info,
            NotificationMode.Digest => notification.Urgency == AlertSeverity.Critical,
            _ => false,
        },
    };
}
