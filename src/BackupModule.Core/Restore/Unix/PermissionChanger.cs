using System;
using System.Text.Unicode;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Changes permissions of a name in a directory, never those of what a link there points to.</summary>
internal static unsafe class PermissionChanger
{
    private const int LongestProcPath = 64;

    /// <summary>Changes them by <c>fchmodat2</c> (Linux 6.6), else as <see cref="ChangeThroughProc"/> does.</summary>
    /// <returns>0 or the error number.</returns>
    public static int Change(int directory, byte* name, uint permissions)
    {
        nint result = LinuxNativeMethods.SystemCall(
            SystemCallNumbers.ChangeModeAt2, directory, (nint)name, (nint)permissions,
            LinuxNativeMethods.SymlinkNoFollow, 0, 0);
        int error = result == 0 ? 0 : LinuxNativeMethods.LastError;

        // NotPermitted is how some containers refuse calls that they do not know.
        return error is Errno.NoSystemCall or Errno.NotPermitted
            ? ChangeThroughProc(directory, name, permissions)
            : error;
    }

    /// <summary>Changes them through a descriptor of the entry itself, in the way that older kernels understand.
    /// </summary>
    /// <returns>0 or the error number.</returns>
    public static int ChangeThroughProc(int directory, byte* name, uint permissions)
    {
        int flags = OpenFlags.PathOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
        int entry = LinuxNativeMethods.OpenAt(directory, name, flags, 0);
        if (entry < 0)
        {
            return LinuxNativeMethods.LastError;
        }

        byte* path = stackalloc byte[LongestProcPath];
        Span<byte> text = new(path, LongestProcPath);
        Utf8.TryWrite(text, $"/proc/self/fd/{entry}\0", out _);
        FileStatus status;
        byte empty = 0;
        int error = Errno.NotSupported;
        if (LinuxNativeMethods.Statx(
                entry, &empty, LinuxNativeMethods.EmptyPath, FileStatus.BasicFields, &status) == 0
            && status.Type != NodeType.SymbolicLink)
        {
            error = LinuxRestoreMethods.ChangeMode(path, permissions) == 0 ? 0 : LinuxNativeMethods.LastError;
        }

        _ = LinuxNativeMethods.Close(entry);
        return error;
    }
}
