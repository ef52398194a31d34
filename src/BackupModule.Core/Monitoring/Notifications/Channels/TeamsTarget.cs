namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A channel or chat of Microsoft Teams, through a workflow that posts what a webhook receives.</summary>
public sealed record TeamsTarget : WebTarget
{
    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Teams;

    private protected override bool IsUrlSecret => true;
}
