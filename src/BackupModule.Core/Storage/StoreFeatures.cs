namespace BackupModule.Core.Storage;

/// <summary>Finds out what a store can do besides.</summary>
public static class StoreFeatures
{
    /// <summary>The archive that some of the store's objects may lie in; null where there is none.</summary>
    public static IArchiveStore? Archive(this IObjectStore store) => (store as IStoreFeatures)?.Archive;

    /// <summary>Versions and locks of the store's objects; null where there are none.</summary>
    public static IRetentionStore? Retention(this IObjectStore store) => (store as IStoreFeatures)?.Retention;
}
