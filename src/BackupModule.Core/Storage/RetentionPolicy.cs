using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage;

/// <summary>How long a repository's objects are kept from being deleted.</summary>
/// <param name="Mode">How strictly; not <see cref="StoreLockMode.None"/>.</param>
/// <param name="Duration">How long everything that a backup needs is locked from the backup's start on.</param>
public sealed record RetentionPolicy(StoreLockMode Mode, TimeSpan Duration)
{
    private const int SlackDivisor = 10;

    /// <summary>
    /// What locks last beyond <see cref="Duration"/>: a tenth of it. Backups that follow each other closely find the locks
    /// of what they share long enough, and extend them once in this time instead of every time.
    /// </summary>
    public TimeSpan Slack => Duration / SlackDivisor;

    /// <summary>The policy of a store's settings; null if they ask for none.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c> for half a policy; <c>StorageUnsupported</c> for a
    /// provider whose objects cannot be locked here.</exception>
    public static RetentionPolicy? Of(StoreSettings settings, StoreProvider provider)
    {
        bool isLocked = settings.LockMode != StoreLockMode.None;
        if (isLocked != settings.LockFor > TimeSpan.Zero)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "Objects are locked in a mode and for a time, and one of the two is missing.",
                "Give -LockMode and -LockFor together, e.g. -LockMode Compliance -LockFor 30d; "
                + "-LockMode None ends it for new objects.");
        }

        if (!isLocked)
        {
            return null;
        }

        return provider switch
        {
            StoreProvider.Local => throw Unsupported("A folder on a disk cannot lock files"),
            StoreProvider.GoogleCloudStorage => throw Unsupported("Locks are set through S3's protocol, not Google's"),
            _ => new RetentionPolicy(settings.LockMode, settings.LockFor!.Value),
        };
    }

    /// <summary>Until when something must be locked that a backup needs which started at the given time.</summary>
    public DateTimeOffset NeededUntil(DateTimeOffset start) => start + Duration;

    /// <summary>Until when an object is locked that is written or extended at the given time: whole seconds, which is all
    /// that servers keep.</summary>
    public DateTimeOffset Until(DateTimeOffset now) => WholeSeconds(now + Duration + Slack);

    /// <summary>The time, or the next whole second after it.</summary>
    public static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(
        (time.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private static BackupException Unsupported(string why) => new(
        BackupErrorKind.StorageUnsupported,
        $"{why}.",
        "Use a bucket with object lock at Amazon or another S3 provider for -LockMode, or register the repository without.");
}
