using System.IO;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Compare.Measuring;

/// <summary>Gives every tool the same start: what it will read is in memory, nothing waits to be written.</summary>
internal static class PageCache
{
    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        RecurseSubdirectories = true,
    };

    /// <summary>Reads all files below a folder once.</summary>
    public static void Warm(string folder)
    {
        byte[] buffer = new byte[1 << 20];
        foreach (string path in Directory.EnumerateFiles(folder, "*", s_everything))
        {
            using SafeFileHandle file = File.OpenHandle(path);
            long position = 0;
            for (int count = RandomAccess.Read(file, buffer, position); count > 0;
                count = RandomAccess.Read(file, buffer, position))
            {
                position += count;
            }
        }
    }

    /// <summary>The length of all files below a folder together, in bytes.</summary>
    public static long SizeOf(string folder)
    {
        long total = 0;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", s_everything))
        {
            total += file.Length;
        }

        return total;
    }
}
