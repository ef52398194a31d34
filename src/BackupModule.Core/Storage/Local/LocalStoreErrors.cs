using System;
using System.IO;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Local;

/// <summary>Says in the engine's terms what the file system said.</summary>
internal static class LocalStoreErrors
{
    private const int InputOutput = 5;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsCrc = unchecked((int)0x80070017);
    private const int WindowsSectorNotFound = unchecked((int)0x8007001B);
    private const int WindowsReadFault = unchecked((int)0x8007001E);
    private const int WindowsDevice = unchecked((int)0x8007045D);
    private const int WindowsFileCorrupt = unchecked((int)0x80070570);

    public static bool IsFileSystemFailure(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or NotSupportedException;

    /// <summary>True if a disk, or what a user may have of it, is full.</summary>
    public static bool IsFull(IOException failure) => IsFull(failure.HResult);

    public static BackupException Translate(Exception failure, string action, string path)
    {
        (BackupErrorKind kind, string guidance) = failure switch
        {
            FileNotFoundException or DirectoryNotFoundException => (
                BackupErrorKind.StorageObjectNotFound,
                "Check that the disk is mounted, and run Test-BackupRepository."),
            IOException when IsFull(failure.HResult) => (
                BackupErrorKind.StorageFull,
                "Free space on the disk (Remove-Backup, then Optimize-BackupRepository), then run the command again: "
                + "what was stored so far is used again."),
            IOException when failure.HResult == ReadOnlyFileSystem => (
                BackupErrorKind.StorageReadOnly,
                "Mount the disk for writing."),
            UnauthorizedAccessException when failure.InnerException?.HResult == ReadOnlyFileSystem => (
                BackupErrorKind.StorageReadOnly,
                "Mount the disk for writing."),
            UnauthorizedAccessException => (
                BackupErrorKind.AccessDenied,
                "Run as a user who may use this folder, or change its owner or mode."),
            _ => (BackupErrorKind.StorageFailure, "Check the disk, and run the command again."),
        };
        return new BackupException(kind, $"Cannot {action} {path}: {failure.Message}", guidance, failure)
        {
            Subject = path,
            IsTransient = kind == BackupErrorKind.StorageFailure && failure is IOException && !IsMediumFailure(failure.HResult),
        };
    }

    // Only the medium itself speaks of damage. A stale mount, too many open files or a file that somebody holds says
    // nothing about what is stored.
    private static bool IsMediumFailure(int code) =>
        code is InputOutput or WindowsCrc or WindowsSectorNotFound or WindowsReadFault or WindowsFileCorrupt or WindowsDevice;

    private static bool IsFull(int code) =>
        code is NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull;
}
