using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Windows' calls.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsNativeMethods
{
    private const string Kernel = "kernel32.dll";
    private const string Security = "advapi32.dll";
    private const StringMarshalling Utf16 = StringMarshalling.Utf16;

    [LibraryImport(Kernel, EntryPoint = "FindFirstFileExW", SetLastError = true, StringMarshalling = Utf16)]
    internal static partial nint FindFirst(
        string path, int level, FindData* data, int searchOperation, nint filter, uint flags);

    [LibraryImport(Kernel, EntryPoint = "FindNextFileW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool FindNext(nint search, FindData* data);

    [LibraryImport(Kernel, EntryPoint = "FindClose")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool FindClose(nint search);

    [LibraryImport(Kernel, EntryPoint = "GetFileAttributesExW", SetLastError = true, StringMarshalling = Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool GetFileAttributes(string path, int level, FindData* data);

    [LibraryImport(Kernel, EntryPoint = "SetFileAttributesW", SetLastError = true, StringMarshalling = Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool SetFileAttributes(string path, uint attributes);

    [LibraryImport(Kernel, EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = Utf16)]
    internal static partial SafeFileHandle CreateFile(
        string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport(Kernel, EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool GetInformation(SafeFileHandle file, HandleInformation* information);

    [LibraryImport(Kernel, EntryPoint = "GetFileInformationByHandleEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool GetInformation(SafeFileHandle file, int kind, void* information, uint size);

    [LibraryImport(Kernel, EntryPoint = "SetFileTime", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool SetFileTime(SafeFileHandle file, long* creation, long* access, long* write);

    [LibraryImport(Kernel, EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CreateHardLink(string path, string existingPath, nint security);

    [LibraryImport(Kernel, EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool Move(string path, string newPath, uint flags);

    [LibraryImport(Kernel, EntryPoint = "LocalFree")]
    internal static partial nint LocalFree(nint memory);

    [LibraryImport(Security, EntryPoint = "GetNamedSecurityInfoW", StringMarshalling = Utf16)]
    internal static partial int GetSecurity(
        string path, int objectType, uint parts, nint* owner, nint* group, nint* dacl, nint* sacl, nint* descriptor);

    [LibraryImport(Security, EntryPoint = "SetNamedSecurityInfoW", StringMarshalling = Utf16)]
    internal static partial int SetSecurity(
        string path, int objectType, uint parts, nint owner, nint group, nint dacl, nint sacl);

    [LibraryImport(Security, EntryPoint = "GetSecurityDescriptorLength")]
    internal static partial uint GetDescriptorLength(nint descriptor);

    [LibraryImport(Kernel, EntryPoint = "GetCurrentProcess")]
    internal static partial nint CurrentProcess();

    [LibraryImport(Kernel, EntryPoint = "CloseHandle")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CloseHandle(nint handle);

    [LibraryImport(Security, EntryPoint = "OpenProcessToken", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool OpenProcessToken(nint process, uint access, nint* token);

    [LibraryImport(Security, EntryPoint = "LookupPrivilegeValueW", SetLastError = true, StringMarshalling = Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool LookupPrivilege(string? system, string name, long* id);

    [LibraryImport(Security, EntryPoint = "AdjustTokenPrivileges", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool AdjustPrivileges(
        nint token, int disableAll, uint* privileges, uint size, nint previous, nint previousSize);
}
