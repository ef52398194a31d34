using System;
using System.Runtime.InteropServices;
using BackupModule.Core.Sources.Unix;
using System.Text;

namespace BackupModule.Core.Databases;

/// <summary>Whom a file belongs to, on Linux.</summary>
internal static unsafe partial class FileOwner
{
    /// <summary>Gives a file to the owner of another one.</summary>
    /// <returns>False if that is not allowed to this process.</returns>
    public static bool TryCopy(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        FileStatus owner = Read(from);
        FileStatus now = Read(to);
        return (owner.UserId == now.UserId && owner.GroupId == now.GroupId)
            || ChangeOwner(to, owner.UserId, owner.GroupId) == 0;
    }

    private static FileStatus Read(string path)
    {
        FileStatus status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            _ = LinuxNativeMethods.Statx(LinuxNativeMethods.CurrentDirectory, name, 0, FileStatus.BasicFields, &status);
        }

        return status;
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
