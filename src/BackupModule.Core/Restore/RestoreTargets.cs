using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Restore.Unix;
using BackupModule.Core.Restore.Windows;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore;

/// <summary>Opens the folders that restores write into.</summary>
public static class RestoreTargets
{
    /// <summary>Opens a folder on this machine; makes it, and those above it, if it is not there.</summary>
    /// <exception cref="BackupException"><c>RestoreTargetUnwritable</c>, <c>StorageFull</c>,
    /// <c>PlatformUnsupported</c>.</exception>
    public static IRestoreTarget Open(string directory)
    {
        if (OperatingSystem.IsLinux() && SystemCallNumbers.AreKnown)
        {
            return new UnixRestoreTarget(directory);
        }

        if (OperatingSystem.IsWindows())
        {
            return new WindowsRestoreTarget(directory);
        }

        throw new BackupException(
            BackupErrorKind.PlatformUnsupported,
            "Files cannot be restored on this operating system and processor.",
            "Use Linux on x64 or arm64, or Windows.");
    }
}
