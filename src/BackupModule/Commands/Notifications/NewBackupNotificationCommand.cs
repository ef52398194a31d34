using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Outputs;

namespace BackupModule.Commands.Notifications;

/// <summary>Says how somebody is to be told what happens to backups.</summary>
[Cmdlet(VerbsCommon.New, "BackupNotification", SupportsShouldProcess = true, DefaultParameterSetName = SmtpSet)]
[OutputType(typeof(BackupNotificationInfo))]
public sealed class NewBackupNotificationCommand : NotificationSettingsCommand
{
    // What a watcher must hear: that a backup begins, and how it ends.
    private static readonly NotificationEvent[] s_pingEvents =
    [
        NotificationEvent.BackupStarted, NotificationEvent.BackupSucceeded, NotificationEvent.BackupWarning,
        NotificationEvent.BackupFailed,
    ];

    /// <summary>The name.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        ChannelTarget target = EmptyTarget()!;
        if (target is EventLogTarget)
        {
            EventLogTarget.RequirePlatform();
        }

        NotificationChannel channel = await ChangeAsync(new NotificationChannel
        {
            Name = Name,
            Target = target,
            Route = new NotificationRoute { Events = target is PingTarget ? s_pingEvents : [] },
        }).ConfigureAwait(false);
        channel.Validate();
        if (await Pipeline.ConfirmAsync(Name, $"Make the {target.Kind} notification").ConfigureAwait(false))
        {
            await Channels.AddAsync(channel, cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(BackupNotificationInfo.From(channel)).ConfigureAwait(false);
        }
    }
}
