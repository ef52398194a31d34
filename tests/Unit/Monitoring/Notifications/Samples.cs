using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

/// <summary>Notifications and channels for tests, and a dispatcher that is in a hurry.</summary>
internal static class Samples
{
    public const string RunId = "6f9619ff-8b86-4d11-b42d-00c04fc964ff";

    public static Notification Failure { get; } = new()
    {
        Event = NotificationEvent.BackupFailed,
        Severity = AlertSeverity.Critical,
        PolicyName = "shop",
        RepositoryName = "main",
        RunId = RunId,
        HostName = "web1",
        Time = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.FromHours(2)),
        Title = "Backup of shop failed",
        Message = ["Nothing was stored.", "The last good backup is of 2026-05-03."],
        Facts = [new NotificationFact("Duration", "4.2 s"), new NotificationFact("Files", "17")],
        ExitCode = 1,
        Error = "The bucket is not there.",
        Guidance = "Check its name.",
    };

    public static Notification Success { get; } = Failure with
    {
        Event = NotificationEvent.BackupSucceeded,
        Severity = AlertSeverity.Info,
        Title = "Backup of shop succeeded",
        ExitCode = 0,
        Error = null,
        Guidance = null,
    };

    /// <summary>A failure whose texts are all far too long, full of markup, and cut at the worst place.</summary>
    public static Notification Huge { get; } = Failure with
    {
        Title = "<!channel> *" + new string('t', 5_000),
        Message = [.. Enumerable.Repeat("🙂_[x](http://evil)_" + new string('m', 900), 60)],
        Facts = [.. Enumerable.Range(0, 60).Select(i => new NotificationFact($"<{i}>" + new string('n', 500), new string('v', 3_000)))],
        Error = string.Concat(Enumerable.Repeat("🙂", 40_000)),
    };

    public static NotificationLimits Hurry { get; } = new()
    {
        Retries = 2,
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(5),
    };

    public static NotificationChannel Channel(ChannelTarget target) => new() { Name = "ops", Target = target };

    public static Task<NotificationResult> SendAsync(ChannelTarget target, Notification? notification = null) =>
        Dispatcher().SendAsync(Channel(target), notification ?? Failure, CancellationToken.None);

    /// <summary>Sends, and fails the test if it was not taken.</summary>
    public static async Task<NotificationResult> DeliverAsync(ChannelTarget target, Notification? notification = null)
    {
        NotificationResult result = await SendAsync(target, notification);
        Assert.True(result.Sent, result.Failure?.ToString());
        return result;
    }

    public static NotificationDispatcher Dispatcher(NotificationLimits? limits = null) =>
        new(new SecretResolver(), TimeProvider.System, limits ?? Hurry);
}
