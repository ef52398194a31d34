using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage;

/// <summary>What stores in buckets say of an object that is not as a reader expects it.</summary>
internal static class ObjectErrors
{
    /// <summary>There is no such object.</summary>
    public static BackupException Missing(string key, string location) => new(
        BackupErrorKind.StorageObjectNotFound,
        $"There is no object {key} in {location}.",
        "Run Test-BackupRepository to see what it affects.")
    {
        Subject = key,
    };

    /// <summary>The object ends before the range of <paramref name="length"/> bytes at <paramref name="offset"/> does.
    /// </summary>
    public static BackupException TooShort(string key, string location, long offset, int length) => new(
        BackupErrorKind.StorageFailure,
        $"{key} in {location} is too short: {length} bytes were expected at offset {offset}.",
        "The object is truncated. Test-BackupRepository shows what it affects; Repair-BackupRepository salvages what is "
        + "readable.")
    {
        Subject = key,
    };
}
