using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Storage.S3;

namespace BackupModule.Core.Storage;

/// <summary>Opens the store of a location.</summary>
public static class Stores
{
    /// <summary>The store at this location. Nothing is read or written yet.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c> where location and settings contradict each other, or a
    /// setting that the provider needs is missing.</exception>
    public static IObjectStore Open(StoreLocation location, StoreSettings settings, StoreSecrets secrets) =>
        (settings.Provider ?? location.Provider) switch
        {
            StoreProvider.Local => new LocalObjectStore(location.Text),
            StoreProvider.GoogleCloudStorage => throw new BackupException(
                BackupErrorKind.LocationUnsupported, "Google Cloud Storage is not supported."),
            _ => new S3ObjectStore(location, settings, secrets),
        };
}
