namespace BackupModule.Core.Storage;

/// <summary>A store that may be able to do more than <see cref="IObjectStore"/> asks for; decorators pass on what the store
/// inside can.</summary>
public interface IStoreFeatures
{
    /// <summary>The archive that some of its objects may lie in; null where there is none.</summary>
    IArchiveStore? Archive => null;

    /// <summary>Versions and locks of its objects; null where there are none.</summary>
    IRetentionStore? Retention => null;

    /// <summary>What keeps its place in order; null where nothing is to be done.</summary>
    IStoreUpkeep? Upkeep => null;

    /// <summary>Puts in parts of objects that are not in memory whole; null where there are none. Of the decorators, only that
    /// which tries again has them: no repository has objects of such a size.</summary>
    IPartedUploads? Uploads => null;
}
