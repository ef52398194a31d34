using System.Runtime.InteropServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Failures of the system while a restore writes, as the engine's exceptions.</summary>
internal static class UnixRestoreErrors
{
    /// <summary>The exception for an error number.</summary>
    /// <param name="error">The number.</param>
    /// <param name="path">What it happened to.</param>
    /// <param name="action">What was tried, to follow "cannot": "create the file".</param>
    public static BackupException Create(int error, string path, string action)
    {
        if (error is Errno.LinkLoop or Errno.CrossDevice)
        {
            return RestorePath.Refuse(path, "a part of it is a symbolic link");
        }

        string shown = path.Length == 0 ? "." : RawText.ToDisplay(path);
        (BackupErrorKind kind, string? guidance) = error switch
        {
            Errno.NoSpace or Errno.QuotaExceeded => (BackupErrorKind.StorageFull,
                "Free some space and run the restore again; what is there already is not fetched twice."),
            Errno.AccessDenied or Errno.NotPermitted => (BackupErrorKind.RestoreTargetUnwritable,
                "Restore as a user who may write there (as root, for devices and other users' files), or choose "
                + "another destination."),
            Errno.ReadOnlyFileSystem => (BackupErrorKind.RestoreTargetUnwritable,
                "The destination's file system is mounted read-only; choose another destination."),
            Errno.NoEntry or Errno.NotDirectory => (BackupErrorKind.RestoreTargetUnwritable,
                "Choose a destination that is a folder or can become one."),
            _ => (BackupErrorKind.RestoreTargetUnwritable, (string?)null),
        };
        return new BackupException(
            kind, $"Cannot {action} '{shown}': {Marshal.GetPInvokeErrorMessage(error)}.", guidance)
        { Subject = shown };
    }
}
