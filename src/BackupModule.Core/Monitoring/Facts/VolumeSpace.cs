using System;
using System.IO;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>The room on the volume that a repository lies on.</summary>
/// <param name="FreeBytes">What this user may still write.</param>
/// <param name="TotalBytes">How large it is.</param>
public sealed record VolumeSpace(long FreeBytes, long TotalBytes)
{
    /// <summary>The share that is free, 0 to 1.</summary>
    public double FreeShare => TotalBytes > 0 ? (double)FreeBytes / TotalBytes : 0;

    /// <summary>Asks the system. Null where it cannot tell: for a bucket, and for a disk that is not there, below whose
    /// folder another volume lies.</summary>
    public static VolumeSpace? Read(RegisteredRepository repository)
    {
        if (repository.Provider != nameof(StoreProvider.Local)
            || !File.Exists(Path.Combine(repository.Location, RepositoryLayout.ConfigKey)))
        {
            return null;
        }

        try
        {
            DriveInfo drive = new(repository.Location);
            return drive.TotalSize > 0 ? new VolumeSpace(drive.AvailableFreeSpace, drive.TotalSize) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
