using System.Runtime.InteropServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Windows;

namespace BackupModule.Core.Restore.Windows;

/// <summary>Failures of Windows while a restore writes, as the engine's exceptions.</summary>
internal static class WindowsRestoreErrors
{
    /// <summary>The exception for an error number.</summary>
    /// <param name="error">The number.</param>
    /// <param name="path">What it happened to.</param>
    /// <param name="action">What was tried, to follow "cannot": "create the file".</param>
    public static BackupException Create(int error, string path, string action)
    {
        string shown = path.Length == 0 ? "." : RawText.ToDisplay(path);
        (BackupErrorKind kind, string? guidance) = error switch
        {
            WindowsErrors.DiskFull or WindowsErrors.HandleDiskFull => (BackupErrorKind.StorageFull,
                "Free some space and run the restore again; what is there already is not fetched twice."),
            WindowsErrors.AccessDenied or WindowsErrors.PrivilegeNotHeld => (BackupErrorKind.RestoreTargetUnwritable,
                "Restore as an administrator, or choose another destination."),
            WindowsErrors.SharingViolation => (BackupErrorKind.RestoreTargetUnwritable,
                "Another program has it open; close that program and run the restore again."),
            _ => (BackupErrorKind.RestoreTargetUnwritable, (string?)null),
        };
        string reason = Marshal.GetPInvokeErrorMessage(error).TrimEnd('.');
        return new BackupException(kind, $"Cannot {action} '{shown}': {reason}.", guidance) { Subject = shown };
    }
}
