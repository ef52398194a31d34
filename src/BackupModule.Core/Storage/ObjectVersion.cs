namespace BackupModule.Core.Storage;

/// <summary>A version of an object, as a listing of versions shows it.</summary>
/// <param name="Key">The whole key, relative to the store.</param>
/// <param name="VersionId">The version; <c>null</c> is the name of the one from before versioning.</param>
/// <param name="IsLatest">True for what a reader without a version gets.</param>
/// <param name="IsDeleteMarker">True for the marker that a plain delete sets, and that hides the versions below it.</param>
/// <param name="Size">Its size in bytes; 0 for a marker.</param>
public readonly record struct ObjectVersion(
    string Key, string VersionId, bool IsLatest, bool IsDeleteMarker, long Size);
