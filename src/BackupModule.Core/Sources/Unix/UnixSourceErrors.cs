using System.Runtime.InteropServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Failures of the system while a source is read, as the engine's exceptions.</summary>
internal static class UnixSourceErrors
{
    /// <summary>The exception for an error number.</summary>
    /// <param name="error">The number.</param>
    /// <param name="path">What it happened to.</param>
    /// <param name="action">What was tried, to follow "cannot": "open", "list".</param>
    public static BackupException Create(int error, string path, string action)
    {
        string shown = RawText.ToDisplay(path);
        string reason = Marshal.GetPInvokeErrorMessage(error);
        (BackupErrorKind kind, string? guidance) = error switch
        {
            Errno.NoEntry or Errno.NotDirectory => (BackupErrorKind.SourceNotFound, (string?)
                "Check the path; what was removed while the backup ran is simply not in it."),
            Errno.LinkLoop => (BackupErrorKind.SourceChanged,
                "It may have been replaced by a symbolic link meanwhile; the next backup sees what it is then."),
            Errno.NoDevice or Errno.NoDeviceOrAddress => (BackupErrorKind.SourceChanged, null),
            Errno.AccessDenied or Errno.NotPermitted => (BackupErrorKind.SourceUnreadable,
                "Run the backup as a user who may read it (as root, for a whole system), or exclude the path."),
            _ => (BackupErrorKind.SourceUnreadable, null),
        };
        return new BackupException(kind, $"Cannot {action} '{shown}': {reason}.", guidance) { Subject = shown };
    }

    /// <summary>The exception for a path that is no regular file any more.</summary>
    public static BackupException NotAFile(string path)
    {
        string shown = RawText.ToDisplay(path);
        return new BackupException(
            BackupErrorKind.SourceChanged,
            $"'{shown}' is not a regular file any more.",
            "It was replaced while the backup ran; the next backup sees what it is then.")
        { Subject = shown };
    }
}
