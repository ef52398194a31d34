using System;
using System.IO;
using System.Runtime.InteropServices;
using BackupModule.Core.Storage.Local;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>Exchanges two folders of one file system: in one step where the system can, else in two, which
/// <see cref="Finish"/> completes after an interruption between them.</summary>
internal static partial class FolderSwap
{
    private const int AtWorkingDirectory = -100;
    private const uint Exchange = 2;

    /// <summary>Puts <paramref name="successor"/> into the place of <paramref name="folder"/>, and that to
    /// <paramref name="putAway"/>, which is free.</summary>
    /// <exception cref="IOException">Nothing was moved, or see <see cref="Finish"/>.</exception>
    public static void Replace(string folder, string successor, string putAway)
    {
        if (OperatingSystem.IsLinux()
            && RenameAt(AtWorkingDirectory, successor, AtWorkingDirectory, folder, Exchange) == 0)
        {
            Directory.Move(successor, putAway);
        }
        else
        {
            Directory.Move(folder, putAway);
            Finish(folder, successor);
        }

        DirectorySync.Flush(Path.GetDirectoryName(folder)!);
    }

    /// <summary>Puts <paramref name="successor"/> into the place that an interrupted replacement left empty.</summary>
    /// <returns>False if there is nothing to finish.</returns>
    public static bool Finish(string folder, string successor)
    {
        if (Directory.Exists(folder) || !Directory.Exists(successor))
        {
            return false;
        }

        Directory.Move(successor, folder);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int fromDirectory, string from, int toDirectory, string to, uint flags);
}
