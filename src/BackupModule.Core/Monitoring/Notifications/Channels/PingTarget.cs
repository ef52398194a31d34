namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A check of Healthchecks, or of a server that takes the same pings: <c>/start</c>, <c>/EXIT-CODE</c>,
/// <c>/fail</c> and <c>/log</c> below its address.</summary>
public sealed record PingTarget : WebTarget
{
    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Ping;
}
