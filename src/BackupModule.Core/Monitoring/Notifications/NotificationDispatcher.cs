using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Monitoring.Notifications.Notifiers;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>
/// Sends notifications to the channels that want them. No failure leaves it: what was backed up counts, whether or not
/// anybody could be told. Whoever calls keeps the results.
/// </summary>
/// <param name="resolver">Gets the channels' secrets.</param>
/// <param name="time">The clock.</param>
/// <param name="limits">How patiently to send; the defaults if null.</param>
public sealed class NotificationDispatcher(SecretResolver resolver, TimeProvider time, NotificationLimits? limits = null)
{
    private readonly PatientSender _sender = new(limits ?? new NotificationLimits(), time);

    /// <summary>Sends a notification to all channels that take it, at once.</summary>
    /// <param name="channels">All channels there are.</param>
    /// <param name="notification">What happened.</param>
    /// <param name="mode">Which outcomes the policy has told; null to leave it to the channels.</param>
    /// <param name="secrets">What must not be seen in any message: passwords that the run used.</param>
    /// <param name="cancellationToken">Stops the work; what was not sent then has failed.</param>
    /// <returns>What became of it in each of the channels that take it, in their order.</returns>
    public Task<IReadOnlyList<NotificationResult>> SendAsync(
        IEnumerable<NotificationChannel> channels,
        Notification notification,
        NotificationMode? mode = null,
        IReadOnlyCollection<string>? secrets = null,
        CancellationToken cancellationToken = default) => TellAsync(
            [.. channels.Where(channel => channel.Takes(notification, mode))], notification, secrets ?? [], cancellationToken);

    /// <summary>Sends a notification to one channel, whatever it wants to hear.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="notification">What happened.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<NotificationResult> SendAsync(
        NotificationChannel channel, Notification notification, CancellationToken cancellationToken) =>
        (await TellAsync([channel], notification, [], cancellationToken).ConfigureAwait(false))[0];

    private async Task<IReadOnlyList<NotificationResult>> TellAsync(
        IReadOnlyList<NotificationChannel> channels,
        Notification notification,
        IReadOnlyCollection<string> secrets,
        CancellationToken cancellationToken)
    {
        List<PreparedChannel> prepared =
        [
            .. await Task.WhenAll(channels.Select(channel => PrepareAsync(channel, cancellationToken)))
                .ConfigureAwait(false),
        ];

        // One channel's secrets are kept out of all channels' messages.
        SecretRedactor redactor = new(secrets.Concat(prepared.SelectMany(static one => one.Secrets)));
        Notification redacted = redactor.Redact(notification.WithTexts(NotificationText.WholeCharacters));
        NotificationResult[] results = await Task.WhenAll(
            prepared.Select(one => SendAsync(one, redacted, cancellationToken))).ConfigureAwait(false);
        return
        [
            .. results.Select(result => result with
            {
                Failure = result.Failure is { } failure ? redactor.Redact(failure) : null,
                Evidence = result.Evidence is { } evidence ? redactor.Redact(evidence) : null,
            }),
        ];
    }

    private async Task<PreparedChannel> PrepareAsync(NotificationChannel channel, CancellationToken cancellationToken)
    {
        ChannelSecrets secrets = new(resolver);
        try
        {
            INotifier notifier = await new NotifierFactory(secrets, time)
                .CreateAsync(channel.Target, cancellationToken).ConfigureAwait(false);
            return new PreparedChannel(channel, notifier, null, secrets.Values);
        }
        catch (Exception failure)
        {
            return new PreparedChannel(channel, null, PatientSender.Describe(failure), secrets.Values);
        }
    }

    private async Task<NotificationResult> SendAsync(
        PreparedChannel prepared, Notification notification, CancellationToken cancellationToken)
    {
        if (prepared.Notifier is not { } notifier)
        {
            return new NotificationResult
            {
                Channel = prepared.Channel.Name,
                Kind = prepared.Channel.Target.Kind,
                Failure = prepared.Failure,
                Attempts = 0,
                Duration = TimeSpan.Zero,
            };
        }

        using (notifier)
        {
            return await _sender.SendAsync(prepared.Channel, notifier, notification, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>A channel with its notifier, or with why there is none.</summary>
    private sealed record PreparedChannel(
        NotificationChannel Channel, INotifier? Notifier, BackupException? Failure, IReadOnlyList<string> Secrets);
}
