using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Core.Storage;

/// <summary>Finds out what a store can do besides.</summary>
public static class StoreFeatures
{
    /// <summary>The archive that some of the store's objects may lie in; null where there is none.</summary>
    public static IArchiveStore? Archive(this IObjectStore store) => (store as IStoreFeatures)?.Archive;

    /// <summary>Versions and locks of the store's objects; null where there are none.</summary>
    public static IRetentionStore? Retention(this IObjectStore store) => (store as IStoreFeatures)?.Retention;

    /// <summary>What keeps the store's place in order; null where nothing is to be done.</summary>
    public static IStoreUpkeep? Upkeep(this IObjectStore store) => (store as IStoreFeatures)?.Upkeep;

    /// <summary>Puts in parts of objects that are not in memory whole; null where there are none.</summary>
    public static IPartedUploads? Uploads(this IObjectStore store) => (store as IStoreFeatures)?.Uploads;

    /// <summary>Drops copies of an object that reads were answered from, for who found damage in what it read: the next read
    /// is of the object itself.</summary>
    internal static void DropCopies(this IObjectStore store, string key) => (store as CachingStore)?.DropCopies(key);
}
