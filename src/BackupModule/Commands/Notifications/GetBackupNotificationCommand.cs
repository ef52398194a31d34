using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Outputs;

namespace BackupModule.Commands.Notifications;

/// <summary>Lists who is told what.</summary>
[Cmdlet(VerbsCommon.Get, "BackupNotification")]
[OutputType(typeof(BackupNotificationInfo))]
public sealed class GetBackupNotificationCommand : NotificationCommand
{
    /// <summary>Names or wildcard patterns; all if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NotificationNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (NotificationChannel channel in await FindChannelsAsync(Name, cancellationToken).ConfigureAwait(false))
        {
            await Pipeline.WriteAsync(BackupNotificationInfo.From(channel)).ConfigureAwait(false);
        }
    }
}
