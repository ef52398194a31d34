using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Outputs;

namespace BackupModule.Commands.Notifications;

/// <summary>Changes how somebody is told. Settings that are not given stay.</summary>
[Cmdlet(VerbsCommon.Set, "BackupNotification", SupportsShouldProcess = true, DefaultParameterSetName = RouteSet)]
[OutputType(typeof(BackupNotificationInfo))]
public sealed class SetBackupNotificationCommand : NotificationSettingsCommand
{
    private const string RouteSet = "Route";

    /// <summary>Names or wildcard patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NotificationNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The name it gets.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>Writes the changed notifications.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<NotificationChannel> found = await FindChannelsAsync(Name, cancellationToken).ConfigureAwait(false);
        if (NewName is not null && found.Count > 1)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"{found.Count} notifications cannot all get the name '{NewName}'.",
                "Give -NewName with one name.");
        }

        foreach (NotificationChannel old in found)
        {
            RequireKind(old);
            NotificationChannel changed = await ChangeAsync(old).ConfigureAwait(false) with { Name = NewName ?? old.Name };
            changed.Validate();
            if (!await Pipeline.ConfirmAsync(old.Name, "Change the notification").ConfigureAwait(false))
            {
                continue;
            }

            await Channels.UpdateAsync(old.Name, changed, cancellationToken).ConfigureAwait(false);
            if (PassThru)
            {
                await Pipeline.WriteAsync(BackupNotificationInfo.From(changed)).ConfigureAwait(false);
            }
        }
    }

    private void RequireKind(NotificationChannel channel)
    {
        if (EmptyTarget()?.Kind is { } kind && kind != channel.Target.Kind)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The notification '{channel.Name}' is of the kind {channel.Target.Kind}, not {kind}.",
                "A kind is not changed: remove it with Remove-BackupNotification, and make another one.")
            {
                Subject = channel.Name,
            };
        }
    }
}
