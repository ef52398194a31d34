using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;

namespace BackupModule.Commands.Notifications;

/// <summary>Forgets how somebody was told, also where the settings cannot be read.</summary>
[Cmdlet(VerbsCommon.Remove, "BackupNotification", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveBackupNotificationCommand : NotificationCommand
{
    /// <summary>Names or wildcard patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NotificationNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in await FindNamesAsync(Name, cancellationToken).ConfigureAwait(false))
        {
            if (await Pipeline.ConfirmAsync(name, "Remove the notification").ConfigureAwait(false))
            {
                await Catalog.RemoveChannelAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
