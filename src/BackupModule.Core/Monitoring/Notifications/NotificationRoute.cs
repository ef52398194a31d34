using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>Which notifications go to a channel.</summary>
public sealed record NotificationRoute
{
    /// <summary>The least severity. What recovers counts as severe as it was.</summary>
    public AlertSeverity MinimumSeverity { get; init; }

    /// <summary>Names of policies, or patterns with <c>*</c> and <c>?</c>, case aside; all of them, and what belongs to no
    /// policy, if there are none.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>The events; all but <see cref="NotificationEvent.BackupStarted"/> if there are none.</summary>
    public IReadOnlyList<NotificationEvent> Events { get; init; } = [];

    /// <summary>True if the notification is meant for the channel.</summary>
    public bool Admits(Notification notification) =>
        notification.Urgency >= MinimumSeverity
        && (notification.Event == NotificationEvent.Digest || AdmitsPolicy(notification.PolicyName))
        && AdmitsEvent(notification.Event);

    /// <summary>True if what happens to the policy is meant for the channel.</summary>
    /// <param name="policyName">The policy's name; null for what belongs to none.</param>
    public bool AdmitsPolicy(string? policyName) =>
        Policies.Count == 0
        || (policyName is not null && Policies.Any(
            pattern => NamePattern.Matches(pattern, policyName)));

    // A digest goes to whoever wants digests, whatever events they would otherwise hear.
    private bool AdmitsEvent(NotificationEvent happened) =>
        Events.Contains(happened)
        || happened == NotificationEvent.Digest
        || (Events.Count == 0 && happened != NotificationEvent.BackupStarted);
}
