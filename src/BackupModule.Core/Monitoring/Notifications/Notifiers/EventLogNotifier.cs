using System;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Writes to the log <c>Application</c> of Windows. The id of an event is 1000 and the number of its
/// <see cref="NotificationEvent"/>.</summary>
internal sealed class EventLogNotifier(EventLogTarget target) : INotifier
{
    private const int FirstId = 1000;
    private const int MostCharacters = 31_000;

    /// <inheritdoc/>
    public Task<string> SendAsync(Notification notification, CancellationToken cancellationToken) =>
        OperatingSystem.IsWindows() ? Task.FromResult(Write(notification)) : throw EventLogTarget.Unsupported();

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    [SupportedOSPlatform("windows")]
    private string Write(Notification notification)
    {
        EventLogEntryType type = notification.Severity switch
        {
            AlertSeverity.Info => EventLogEntryType.Information,
            AlertSeverity.Warning => EventLogEntryType.Warning,
            _ => EventLogEntryType.Error,
        };
        string text = NotificationText.Cut(
            $"{notification.Title}\n\n{NotificationText.Body(notification)}", MostCharacters);
        int id = FirstId + (int)notification.Event;
        try
        {
            EventLog.WriteEntry(target.Source, text, type, id);
            return $"Event {id} was written to {target.Address}.";
        }
        catch (Exception failure) when (failure is SecurityException or InvalidOperationException
            or System.ComponentModel.Win32Exception)
        {
            throw SendFailures.Permanent(
                $"The event log cannot be written: {failure.Message}",
                $"Register the source once as administrator: [System.Diagnostics.EventLog]::CreateEventSource('{target.Source}', 'Application')",
                failure);
        }
    }
}
