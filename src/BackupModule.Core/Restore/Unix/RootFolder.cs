using System;
using System.Runtime.CompilerServices;
using BackupModule.Core.Sources.Unix;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Opens a restore's own folder, to which links may lead: the user chose it.</summary>
internal static unsafe class RootFolder
{
    private const uint Everybody = 0x1ff;

    /// <summary>Opens the folder; makes it, and those above it, if it is not there.</summary>
    [SkipLocalsInit]
    public static SafeFileHandle Open(string directory)
    {
        const string Action = "open the destination";
        using PathBytes bytes = new(directory, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* path = bytes)
        {
            int flags = OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.CloseOnExec;
            int root = LinuxNativeMethods.OpenAt(LinuxNativeMethods.CurrentDirectory, path, flags, 0);
            if (root < 0 && LinuxNativeMethods.LastError == Errno.NoEntry)
            {
                MakeDirectories(path, bytes.Bytes, directory);
                root = LinuxNativeMethods.OpenAt(LinuxNativeMethods.CurrentDirectory, path, flags, 0);
            }

            return root >= 0
                ? new SafeFileHandle(root, ownsHandle: true)
                : throw UnixRestoreErrors.Create(LinuxNativeMethods.LastError, directory, Action);
        }
    }

    private static void MakeDirectories(byte* path, ReadOnlySpan<byte> bytes, string shown)
    {
        for (int end = 1; end < bytes.Length; end++)
        {
            byte separator = path[end];
            if (separator is not ((byte)'/' or 0))
            {
                continue;
            }

            path[end] = 0;
            if (LinuxRestoreMethods.MakeDirectoryAt(LinuxNativeMethods.CurrentDirectory, path, Everybody) != 0
                && LinuxNativeMethods.LastError != Errno.Exists)
            {
                throw UnixRestoreErrors.Create(LinuxNativeMethods.LastError, shown, "create the destination");
            }

            path[end] = separator;
        }
    }
}
