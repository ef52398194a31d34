using System;
using System.Buffers;
using System.Collections.Generic;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Removes an entry with all below it, without following links and without recursion. What is mounted below it
/// is another's: it stays, and the removal fails.</summary>
internal static unsafe class TreeRemover
{
    private const uint OwnerAll = 0x1c0;

    private static readonly int _flags =
        OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;

    /// <summary>Removes the entry.</summary>
    /// <param name="directory">The open directory that it is in.</param>
    /// <param name="name">Its name, with the zero byte that ends it.</param>
    /// <returns>0, also if nothing was there; or the error number of what could not be removed.</returns>
    public static int Remove(int directory, ReadOnlySpan<byte> name)
    {
        Stack<Level> open = new();
        try
        {
            int error = RemoveOrEnter(directory, name.ToArray(), open);
            while (error == 0 && open.TryPeek(out Level? level))
            {
                if (level.Entries.TryPop(out byte[]? entry))
                {
                    error = RemoveOrEnter(level.Descriptor, entry, open);
                }
                else
                {
                    open.Pop();
                    _ = LinuxNativeMethods.Close(level.Descriptor);
                    int parent = open.TryPeek(out Level? above) ? above.Descriptor : directory;
                    error = Unlink(parent, level.Name, LinuxNativeMethods.RemoveDirectory);
                }
            }

            return error;
        }
        finally
        {
            foreach (Level level in open)
            {
                _ = LinuxNativeMethods.Close(level.Descriptor);
            }
        }
    }

    private static int RemoveOrEnter(int directory, byte[] name, Stack<Level> open)
    {
        int error = Unlink(directory, name, 0);
        return error == Errno.IsDirectory ? Enter(directory, name, open) : error;
    }

    private static int Unlink(int directory, byte[] name, int flags)
    {
        fixed (byte* target = name)
        {
            int error = LinuxRestoreMethods.UnlinkAt(directory, target, flags) == 0 ? 0 : LinuxNativeMethods.LastError;
            return error == Errno.NoEntry ? 0 : error;
        }
    }

    private static int Enter(int directory, byte[] name, Stack<Level> open)
    {
        fixed (byte* target = name)
        {
            if (LinuxRestoreMethods.EffectiveUserId() != 0)
            {
                // Our own folders may be closed even to us; whether this helped is seen in the next step.
                _ = PermissionChanger.Change(directory, target, OwnerAll);
            }

            int descriptor = LinuxNativeMethods.OpenAt(directory, target, _flags, 0);
            if (descriptor < 0)
            {
                return LinuxNativeMethods.LastError;
            }

            if (DeviceOf(descriptor) != DeviceOf(directory))
            {
                _ = LinuxNativeMethods.Close(descriptor);
                return Errno.Busy;
            }

            Level level = new(descriptor, name, []);
            open.Push(level);
            return List(level);
        }
    }

    private static ulong? DeviceOf(int descriptor)
    {
        FileStatus status;
        byte empty = 0;
        return LinuxNativeMethods.Statx(
            descriptor, &empty, LinuxNativeMethods.EmptyPath, FileStatus.BasicFields, &status) == 0
            ? status.DeviceId
            : null;
    }

    private static int List(Level level)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(DirectoryReader.BufferSize);
        DirectoryReader reader = new(level.Descriptor, buffer);
        while (reader.MoveNext())
        {
            // With the zero byte that ends it.
            byte[] name = new byte[reader.Name.Length + 1];
            reader.Name.CopyTo(name);
            level.Entries.Push(name);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return reader.Error;
    }

    /// <summary>An open directory and what is left to remove in it; names end with a zero byte.</summary>
    private sealed record Level(int Descriptor, byte[] Name, Stack<byte[]> Entries);
}
