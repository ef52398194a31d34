using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;

namespace BackupModule.Outputs;

/// <summary>How somebody is told what happens to backups.</summary>
public sealed record BackupNotificationInfo
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>How it is told.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>Where messages go; a reference where the address is a secret.</summary>
    public required string Address { get; init; }

    /// <summary>Which outcomes are told, unless a policy says otherwise.</summary>
    public required NotificationMode Mode { get; init; }

    /// <summary>The least severity that is told.</summary>
    public required AlertSeverity MinimumSeverity { get; init; }

    /// <summary>The policies whose events are told, as names or patterns; all if there are none.</summary>
    public required string[] PolicyName { get; init; }

    /// <summary>The events that are told; the usual ones if there are none.</summary>
    public required NotificationEvent[] Event { get; init; }

    /// <summary>False if nothing is sent for now.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>All settings of the kind. Secrets are references.</summary>
    public required ChannelTarget Target { get; init; }

    internal static BackupNotificationInfo From(NotificationChannel channel) => new()
    {
        Name = channel.Name,
        Kind = channel.Target.Kind,
        Address = channel.Target.Address,
        Mode = channel.Mode,
        MinimumSeverity = channel.Route.MinimumSeverity,
        PolicyName = [.. channel.Route.Policies],
        Event = [.. channel.Route.Events],
        IsEnabled = channel.IsEnabled,
        Target = channel.Target,
    };
}
