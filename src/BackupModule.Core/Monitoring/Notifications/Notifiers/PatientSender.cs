using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications.Channels;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Sends a notification, again where it fails for a while, and never longer than the limits say.</summary>
internal sealed class PatientSender(NotificationLimits limits, TimeProvider time)
{
    /// <summary>Sends it.</summary>
    /// <returns>What became of it; no failure leaves this method, cancellation included.</returns>
    public async Task<NotificationResult> SendAsync(
        NotificationChannel channel, INotifier notifier, Notification notification, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        int attempts = 0;
        BackupException? failure = null;
        string? evidence = null;
        try
        {
            evidence = await Build(last => failure = last).ExecuteAsync(
                async token =>
                {
                    attempts++;
                    return await notifier.SendAsync(notification, token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            failure = null;
        }
        catch (TimeoutRejectedException late)
        {
            // What failed before the time was up says more.
            failure ??= Late(late);
        }
        catch (Exception thrown)
        {
            failure = Describe(thrown);
        }

        return new NotificationResult
        {
            Channel = channel.Name,
            Kind = channel.Target.Kind,
            Failure = failure,
            Evidence = evidence,
            Attempts = attempts,
            Duration = time.GetElapsedTime(start),
        };
    }

    /// <summary>Any failure as one of ours.</summary>
    public static BackupException Describe(Exception thrown) => thrown switch
    {
        SendException passing => passing.Failure,
        BackupException known => known,
        TimeoutRejectedException late => Late(late),
        OperationCanceledException => SendFailures.Permanent(
            "The work was stopped before the notification was sent.", "Nothing needs to be done.", thrown),
        _ => SendFailures.Permanent(
            $"The notification could not be sent: {thrown.GetType().Name}: {thrown.Message}",
            "Check the channel with Test-BackupNotification.",
            thrown),
    };

    private static BackupException Late(Exception late) =>
        SendFailures.Passing("The receiving side did not answer in time.", inner: late).Failure;

    private ResiliencePipeline Build(Action<BackupException> onFailure)
    {
        ResiliencePipelineBuilder builder = new() { TimeProvider = time };
        builder.AddTimeout(limits.TotalLimit);
        if (limits.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<SendException>().Handle<TimeoutRejectedException>(),
                MaxRetryAttempts = limits.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = limits.FirstPause,
                MaxDelay = limits.LongestPause,
                DelayGenerator = attempt => ValueTask.FromResult(Pause(attempt.Outcome.Exception)),
                OnRetry = attempt =>
                {
                    onFailure(Describe(attempt.Outcome.Exception!));
                    return default;
                },
            });
        }

        return builder.AddTimeout(limits.AttemptLimit).Build();
    }

    // Null for the usual pause.
    private TimeSpan? Pause(Exception? failure) =>
        failure is SendException { RetryAfter: { } wanted }
            ? TimeSpan.FromTicks(Math.Clamp(wanted.Ticks, 0, limits.LongestPause.Ticks))
            : null;
}
