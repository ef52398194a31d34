using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Core.Storage.Http;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Storage.S3;

namespace BackupModule.Core.Storage;

/// <summary>Opens the store of a location, with all that lies around it.</summary>
public static class Stores
{
    /// <summary>The store at this location. Nothing is read or written yet.</summary>
    /// <param name="location">The place.</param>
    /// <param name="settings">How it is reached.</param>
    /// <param name="secrets">The secrets that the settings refer to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="say">Hears of what is tried again.</param>
    /// <param name="lookForLimit">Asked now and then for the bandwidth limit that holds by now, see
    /// <see cref="Throttle"/>; null where it cannot change.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c> or <c>CredentialMissing</c> where location and settings
    /// contradict each other, or a setting that the provider needs is missing; <c>StorageUnsupported</c> for locks where
    /// there can be none.</exception>
    public static IObjectStore Open(
        StoreLocation location,
        StoreSettings settings,
        StoreSecrets secrets,
        TimeProvider time,
        Action<string> say,
        Func<CancellationToken, Task<BandwidthLimit?>>? lookForLimit = null)
    {
        StoreProvider provider = settings.ProviderAt(location);
        if ((provider == StoreProvider.Local) != (location.Provider == StoreProvider.Local)
            || (provider == StoreProvider.GoogleCloudStorage) != (location.Provider == StoreProvider.GoogleCloudStorage))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"{location} is no place of the provider {provider}.",
                "Give a folder without -Provider, s3://BUCKET/PREFIX for S3 and its relatives, gs://BUCKET/PREFIX for Google.")
            {
                Subject = location.Text,
            };
        }

        RetentionPolicy? policy = RetentionPolicy.Of(settings, provider);
        Throttle throttle = new(
            settings.BandwidthLimit is { } limit ? BandwidthLimit.Parse(limit) : BandwidthLimit.Unlimited, time, lookForLimit);
        IObjectStore store = provider switch
        {
            StoreProvider.Local => new ThrottledStore(new LocalObjectStore(location.Text), throttle),
            StoreProvider.GoogleCloudStorage => Retrying(new GcsObjectStore(location, settings, secrets, throttle)),
            _ => Retrying(new S3ObjectStore(
                location, settings, secrets, policy, time, new HttpTraffic { Throttle = throttle })),
        };
        return settings.IsReadOnly ? new ReadOnlyStore(store) : store;

        RetryingStore Retrying(IObjectStore inner) => new(
            inner,
            new RetryOptions(),
            time,
            (failure, pause) => say($"{failure.Message} Trying again in {pause.TotalSeconds:0.0} s."));
    }
}
