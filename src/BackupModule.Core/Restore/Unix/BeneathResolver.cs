using System;
using System.Runtime.CompilerServices;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Unix;

/// <summary>
/// Opens directories below a folder without following any symbolic link: in one step by <c>openat2</c> (Linux 5.6),
/// else part by part.
/// </summary>
internal static unsafe class BeneathResolver
{
    private const ulong NoMagicLinks = 0x2;
    private const ulong NoSymbolicLinks = 0x4;
    private const ulong Beneath = 0x8;

    private static readonly int _flags = OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.CloseOnExec;

    /// <summary>Opens the directory at a path that <see cref="RestorePath.Check"/> let pass.</summary>
    /// <returns>The directory, or null with the error number; <see cref="Errno.LinkLoop"/> for a link on the way.
    /// </returns>
    [SkipLocalsInit]
    public static SafeFileHandle? Open(SafeFileHandle root, string path, out int error)
    {
        using PathBytes bytes = new(path, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* target = bytes)
        {
            OpenHow how = new() { Flags = (ulong)_flags, Resolve = NoMagicLinks | NoSymbolicLinks | Beneath };
            nint descriptor;
            do
            {
                descriptor = LinuxNativeMethods.SystemCall(
                    SystemCallNumbers.OpenAt2, (int)root.DangerousGetHandle(), (nint)target, (nint)(&how),
                    sizeof(OpenHow), 0, 0);
                error = descriptor < 0 ? LinuxNativeMethods.LastError : 0;
            }
            while (error == Errno.TryAgain);

            // NotPermitted is how some containers refuse calls that they do not know. The walk has no limit on length.
            return error is Errno.NoSystemCall or Errno.NotPermitted or Errno.NameTooLong
                ? Walk(root, path, out error)
                : error == 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
        }
    }

    /// <summary>As <see cref="Open"/>, part by part.</summary>
    public static SafeFileHandle? Walk(SafeFileHandle root, string path, out int error)
    {
        SafeFileHandle current = root;
        foreach (Range part in path.AsSpan().Split('/'))
        {
            SafeFileHandle? next = Step(current, path.AsSpan(part), out error);
            if (!ReferenceEquals(current, root))
            {
                current.Dispose();
            }

            if (next is null)
            {
                return null;
            }

            current = next;
        }

        error = 0;
        return current;
    }

    [SkipLocalsInit]
    private static SafeFileHandle? Step(SafeFileHandle directory, ReadOnlySpan<char> name, out int error)
    {
        int parent = (int)directory.DangerousGetHandle();
        using PathBytes bytes = new(name, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* target = bytes)
        {
            int descriptor = LinuxNativeMethods.OpenAt(parent, target, _flags | OpenFlags.NoFollow, 0);
            if (descriptor >= 0)
            {
                error = 0;
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            error = LinuxNativeMethods.LastError;
            FileStatus status;
            if (error == Errno.NotDirectory
                && LinuxNativeMethods.Statx(
                    parent, target, LinuxNativeMethods.SymlinkNoFollow, FileStatus.BasicFields, &status) == 0
                && status.Type == NodeType.SymbolicLink)
            {
                error = Errno.LinkLoop;
            }

            return null;
        }
    }
}
