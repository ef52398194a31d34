using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Storage.Local;

/// <summary>Makes a rename durable by flushing the folder it happened in, which .NET has no call for.</summary>
internal static partial class DirectorySync
{
    /// <summary>Flushes the folder's entries to disk where the platform can; NFS and SMB mounts may refuse, and then
    /// their server decides.</summary>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(directory, 0);
        if (descriptor >= 0)
        {
            _ = Sync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
