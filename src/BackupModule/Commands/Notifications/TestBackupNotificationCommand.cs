using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Outputs;

namespace BackupModule.Commands.Notifications;

/// <summary>Sends a test message, whatever the route says, and shows what was answered.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BackupNotification")]
[OutputType(typeof(NotificationTestInfo), typeof(bool))]
public sealed class TestBackupNotificationCommand : NotificationCommand
{
    private int _sent;
    private int _failed;

    /// <summary>Names or wildcard patterns; all if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NotificationNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Returns only whether all messages were taken.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        NotificationDispatcher dispatcher = new(new PasswordReader(this, Pipeline).Resolver, Clock);
        foreach (NotificationChannel channel in await FindChannelsAsync(Name, cancellationToken).ConfigureAwait(false))
        {
            Notification test = Notification.OfTest(channel.Name, MachineIdentity.Current.HostName, Clock.GetLocalNow());
            NotificationResult result = await dispatcher.SendAsync(channel, test, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            _sent += result.Sent ? 1 : 0;
            _failed += result.Sent ? 0 : 1;
            if (!Quiet)
            {
                await Pipeline.WriteAsync(NotificationTestInfo.From(result)).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        if (Quiet)
        {
            await Pipeline.WriteAsync(_sent > 0 && _failed == 0).ConfigureAwait(false);
        }
    }
}
