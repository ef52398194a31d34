using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>A failure that may pass.</summary>
/// <param name="failure">The failure.</param>
/// <param name="retryAfter">When the server wants to be asked again; null if it did not say.</param>
internal sealed class SendException(BackupException failure, TimeSpan? retryAfter = null)
    : Exception(failure.Message, failure)
{
    /// <summary>The failure.</summary>
    public BackupException Failure => failure;

    /// <summary>When the server wants to be asked again; null if it did not say.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
