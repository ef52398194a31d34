namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A channel of Slack, through an incoming webhook.</summary>
public sealed record SlackTarget : WebTarget
{
    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Slack;

    private protected override bool IsUrlSecret => true;
}
