using System.Runtime.InteropServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Failures of Windows while a source is read, as the engine's exceptions.</summary>
internal static class WindowsErrors
{
    public const int FileNotFound = 2;
    public const int PathNotFound = 3;
    public const int AccessDenied = 5;
    public const int NoMoreFiles = 18;
    public const int SharingViolation = 32;
    public const int HandleDiskFull = 39;
    public const int DiskFull = 112;
    public const int InvalidName = 123;
    public const int NotADirectory = 267;
    public const int InvalidOwner = 1307;
    public const int PrivilegeNotHeld = 1314;
    public const int InvalidDescriptor = 1338;

    /// <summary>The exception for an error number.</summary>
    /// <param name="error">The number.</param>
    /// <param name="path">What it happened to.</param>
    /// <param name="action">What was tried, to follow "cannot": "open", "list".</param>
    public static BackupException Create(int error, string path, string action)
    {
        string shown = RawText.ToDisplay(path);
        (BackupErrorKind kind, string? guidance) = error switch
        {
            FileNotFound or PathNotFound or InvalidName or NotADirectory =>
                (BackupErrorKind.SourceNotFound, (string?)null),
            AccessDenied or PrivilegeNotHeld => (BackupErrorKind.SourceUnreadable,
                "Run the backup as an administrator, or exclude the path."),
            SharingViolation => (BackupErrorKind.SourceUnreadable,
                "Another program keeps it to itself; stop that program during the backup, or back up a shadow copy."),
            _ => (BackupErrorKind.SourceUnreadable, null),
        };
        string reason = Marshal.GetPInvokeErrorMessage(error).TrimEnd('.');
        return new BackupException(kind, $"Cannot {action} '{shown}': {reason}.", guidance) { Subject = shown };
    }
}
