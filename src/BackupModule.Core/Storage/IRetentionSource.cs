namespace BackupModule.Core.Storage;

/// <summary>A store that may be able to keep versions and lock objects; decorators pass on what the store inside can.</summary>
public interface IRetentionSource
{
    /// <summary>Versions and locks of this store's objects; null where there are none.</summary>
    IRetentionStore? Retention { get; }
}
