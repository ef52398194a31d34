using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Unix;

/// <summary>The C library's calls that change file systems, with paths as bytes.</summary>
internal static unsafe partial class LinuxRestoreMethods
{
    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "geteuid")]
    internal static partial uint EffectiveUserId();

    [LibraryImport(C, EntryPoint = "getegid")]
    internal static partial uint EffectiveGroupId();

    [LibraryImport(C, EntryPoint = "mkdirat", SetLastError = true)]
    internal static partial int MakeDirectoryAt(int directory, byte* path, uint mode);

    [LibraryImport(C, EntryPoint = "unlinkat", SetLastError = true)]
    internal static partial int UnlinkAt(int directory, byte* path, int flags);

    [LibraryImport(C, EntryPoint = "renameat", SetLastError = true)]
    internal static partial int RenameAt(int directory, byte* path, int newDirectory, byte* newPath);

    [LibraryImport(C, EntryPoint = "linkat", SetLastError = true)]
    internal static partial int LinkAt(int directory, byte* path, int newDirectory, byte* newPath, int flags);

    [LibraryImport(C, EntryPoint = "symlinkat", SetLastError = true)]
    internal static partial int SymlinkAt(byte* target, int directory, byte* path);

    [LibraryImport(C, EntryPoint = "fchownat", SetLastError = true)]
    internal static partial int ChangeOwnerAt(int directory, byte* path, uint user, uint group, int flags);

    [LibraryImport(C, EntryPoint = "chmod", SetLastError = true)]
    internal static partial int ChangeMode(byte* path, uint mode);

    /// <summary>Sets access and modification time: two pairs of seconds and nanoseconds.</summary>
    [LibraryImport(C, EntryPoint = "utimensat", SetLastError = true)]
    internal static partial int SetTimesAt(int directory, byte* path, long* times, int flags);

    [LibraryImport(C, EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwnerOfFile(int descriptor, uint user, uint group);

    [LibraryImport(C, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeModeOfFile(int descriptor, uint mode);

    /// <summary>As <see cref="SetTimesAt"/>, of an open file.</summary>
    [LibraryImport(C, EntryPoint = "futimens", SetLastError = true)]
    internal static partial int SetTimesOfFile(int descriptor, long* times);

    [LibraryImport(C, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint ReadAt(SafeFileHandle file, byte* buffer, nuint size, long offset);

    [LibraryImport(C, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint WriteAt(SafeFileHandle file, byte* buffer, nuint size, long offset);

    [LibraryImport(C, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(SafeFileHandle file, long length);
}
