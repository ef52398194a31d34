using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Unix;
using BackupModule.Core.Sources.Windows;

namespace BackupModule.Core.Sources;

/// <summary>Chooses the reader of this machine's file systems.</summary>
public static class SourceFileSystems
{
    /// <summary>The reader for the operating system that this process runs on.</summary>
    /// <param name="zone">The zone that times are spelled in; restic uses the machine's.</param>
    /// <param name="recordAccessTime">False to record the modification time in the access time's place.</param>
    /// <exception cref="BackupException"><c>PlatformUnsupported</c>.</exception>
    public static ISourceFileSystem ForThisMachine(TimeZoneInfo zone, bool recordAccessTime)
    {
        if (OperatingSystem.IsLinux() && SystemCallNumbers.AreKnown)
        {
            return new UnixSourceFileSystem(zone, recordAccessTime);
        }

        if (OperatingSystem.IsWindows())
        {
            return new WindowsSourceFileSystem(zone, recordAccessTime);
        }

        throw new BackupException(
            BackupErrorKind.PlatformUnsupported,
            "Files cannot be backed up on this operating system and processor.",
            "Use Linux on x64 or arm64, or Windows.");
    }
}
