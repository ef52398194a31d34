namespace BackupModule.Core.Storage;

/// <summary>Finds out what a store can do with versions and locks.</summary>
public static class StoreRetention
{
    /// <summary>Versions and locks of the store's objects; null where there are none.</summary>
    public static IRetentionStore? Retention(this IObjectStore store) => (store as IRetentionSource)?.Retention;
}
