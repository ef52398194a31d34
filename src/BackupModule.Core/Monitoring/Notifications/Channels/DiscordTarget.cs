namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A channel of Discord, through a webhook.</summary>
public sealed record DiscordTarget : WebTarget
{
    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Discord;

    private protected override bool IsUrlSecret => true;
}
