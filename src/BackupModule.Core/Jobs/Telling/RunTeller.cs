using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Alerts;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs.Telling;

/// <summary>Tells people what happened, over the notification channels. Nothing that goes wrong here leaves it: a backup counts
/// whether or not anybody could be told.</summary>
/// <param name="catalog">The catalog, which has the channels.</param>
/// <param name="dispatcher">Sends.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears what could not be sent.</param>
public sealed class RunTeller(
    ICatalog catalog, NotificationDispatcher dispatcher, TimeProvider time, IBackupObserver observer)
{
    private readonly List<RunSummary> _digest = [];
    private readonly List<EffectivePolicy> _reported = [];
    private DateTimeOffset _digestSince = DateTimeOffset.MaxValue;

    /// <summary>Says that a backup has begun.</summary>
    public async Task TellStartAsync(EffectivePolicy policy, RunRecord run, CancellationToken cancellationToken)
    {
        if (run.Job == JobKind.Backup)
        {
            await SendAsync(policy, RunNotifications.OfStart(run), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says how a run ended.</summary>
    /// <returns>What became of it.</returns>
    public async Task<IReadOnlyList<RunDelivery>> TellEndAsync(
        EffectivePolicy policy, RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<RunRecord> earlier = await catalog.ListRunsAsync(
                new RunQuery { PolicyName = run.PolicyName, Job = run.Job, Before = run.StartedAt, Limit = 1 }, cancellationToken)
                .ConfigureAwait(false);
            return await SendAsync(policy, RunNotifications.OfEnd(run, earlier.Count > 0 ? earlier[0] : null), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            observer.OnWarning($"Nobody was told of the run: {failure.Message}");
            return [];
        }
    }

    /// <summary>Tells of an alert.</summary>
    /// <returns>True if somebody was told, or nobody wants to be; false if it could not be sent anywhere.</returns>
    public async Task<bool> TellAsync(
        EffectivePolicy? policy, AlertEvent alertEvent, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunDelivery> deliveries = await SendAsync(
            policy, AlertNotifications.Of(alertEvent), cancellationToken).ConfigureAwait(false);
        return deliveries.Count == 0 || deliveries.Any(static delivery => delivery.Sent);
    }

    /// <summary>Puts a policy's runs into the digest that <see cref="SendDigestAsync"/> sends.</summary>
    public void Gather(EffectivePolicy policy, IEnumerable<RunRecord> runs, DateTimeOffset since)
    {
        _reported.Add(policy);
        _digest.AddRange(runs.Select(RunSummary.Of).OfType<RunSummary>());
        _digestSince = since < _digestSince ? since : _digestSince;
    }

    /// <summary>Sends what was gathered as one message, if anything was: to the channels that the policies name, or to those
    /// that want digests.</summary>
    public async Task SendDigestAsync(CancellationToken cancellationToken)
    {
        if (_reported.Count == 0)
        {
            return;
        }

        Notification digest = NotificationDigest.Build(
            _digest, _digestSince, time.GetLocalNow(), MachineIdentity.Current.HostName);
        string[] named = _reported.TrueForAll(static policy => policy.Merged.NotifyChannels is { Count: > 0 })
            ? [.. _reported.SelectMany(static policy => policy.Merged.NotifyChannels!)]
            : [];
        NotificationMode? mode = _reported.Exists(static policy => policy.Merged.NotifyMode == NotificationMode.Digest)
            ? NotificationMode.Digest
            : null;
        _digest.Clear();
        _reported.Clear();
        _digestSince = DateTimeOffset.MaxValue;
        await SendAsync(named, mode, digest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a notification to the channels that a policy names, or to all whose routes fit.</summary>
    /// <returns>What became of it.</returns>
    public Task<IReadOnlyList<RunDelivery>> SendAsync(
        EffectivePolicy? policy, Notification notification, CancellationToken cancellationToken) => SendAsync(
            policy?.Merged.NotifyChannels ?? [], policy?.Merged.NotifyMode, notification, cancellationToken);

    private async Task<IReadOnlyList<RunDelivery>> SendAsync(
        IReadOnlyList<string> named,
        NotificationMode? mode,
        Notification notification,
        CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<NotificationChannel> channels = await new ChannelStore(catalog)
                .ListAsync(failure => observer.OnWarning(failure.Message), cancellationToken)
                .ConfigureAwait(false);
            IReadOnlyList<NotificationResult> results = await dispatcher.SendAsync(
                named.Count == 0
                    ? channels
                    : channels.Where(channel => named.Contains(channel.Name, StringComparer.OrdinalIgnoreCase)),
                notification,
                mode,
                secrets: null,
                cancellationToken).ConfigureAwait(false);
            foreach (NotificationResult result in results.Where(static result => !result.Sent))
            {
                observer.OnWarning($"The notification '{result.Channel}' could not be sent: {result.Failure!.Message}");
            }

            return [.. results.Select(static result => result.ToDelivery())];
        }
        catch (BackupException failure)
        {
            observer.OnWarning($"Nobody was told '{notification.Title}': {failure.Message}");
            return [];
        }
    }
}
