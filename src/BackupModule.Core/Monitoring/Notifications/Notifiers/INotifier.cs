using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Sends notifications to one place.</summary>
internal interface INotifier : IDisposable
{
    /// <summary>Tries once to send a notification, from which secrets have been taken.</summary>
    /// <returns>What shows that it was taken.</returns>
    /// <exception cref="SendException">It was not taken, and another attempt may do better.</exception>
    /// <exception cref="BackupException">It was not taken, and will not be. Messages may repeat what a server said, so they
    /// are redacted before anybody sees them.</exception>
    Task<string> SendAsync(Notification notification, CancellationToken cancellationToken);
}
