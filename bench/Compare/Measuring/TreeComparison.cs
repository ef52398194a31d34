using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Compare.Measuring;

/// <summary>Compares a restored folder with its source: names, kinds, modes, times of files, and every byte.</summary>
internal static class TreeComparison
{
    private const int MaxDifferences = 5;

    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = FileAttributes.None };

    /// <summary>The first differences, one sentence each; none if the folders are the same.</summary>
    public static IReadOnlyList<string> FindDifferences(string expected, string actual)
    {
        if (!Directory.Exists(actual))
        {
            return [$"{actual} was not restored"];
        }

        List<string> differences = [];
        Compare(expected, actual, string.Empty, differences, new byte[2][] { new byte[1 << 20], new byte[1 << 20] });
        return differences;
    }

    private static void Compare(
        string expected, string actual, string relative, List<string> differences, byte[][] buffers)
    {
        Dictionary<string, FileSystemInfo> restored = [];
        foreach (FileSystemInfo entry in Entries(Path.Combine(actual, relative)))
        {
            restored.Add(entry.Name, entry);
        }

        foreach (FileSystemInfo entry in Entries(Path.Combine(expected, relative)))
        {
            string path = Path.Combine(relative, entry.Name);
            if (differences.Count >= MaxDifferences)
            {
                return;
            }

            if (!restored.Remove(entry.Name, out FileSystemInfo? other))
            {
                differences.Add($"{path} is missing");
            }
            else if (FindDifference(entry, other, buffers) is { } difference)
            {
                differences.Add($"{path} differs in its {difference}");
            }
            else if (entry is DirectoryInfo)
            {
                Compare(expected, actual, path, differences, buffers);
            }
        }

        foreach (string name in restored.Keys)
        {
            differences.Add($"{Path.Combine(relative, name)} was not in the source");
        }
    }

    private static FileSystemInfo[] Entries(string folder) =>
        new DirectoryInfo(folder).GetFileSystemInfos("*", s_everything);

    private static string? FindDifference(FileSystemInfo expected, FileSystemInfo actual, byte[][] buffers)
    {
        if (expected.Attributes.HasFlag(FileAttributes.Directory) != actual.Attributes.HasFlag(FileAttributes.Directory)
            || expected.LinkTarget != actual.LinkTarget)
        {
            return "kind";
        }

        if (expected.UnixFileMode != actual.UnixFileMode)
        {
            return "mode";
        }

        if (expected is not FileInfo file || actual is not FileInfo other)
        {
            return null;
        }

        return file.Length != other.Length ? "length"
            : file.LastWriteTimeUtc != other.LastWriteTimeUtc ? "time"
            : HasSameContent(file.FullName, other.FullName, buffers) ? null : "content";
    }

    private static bool HasSameContent(string expected, string actual, byte[][] buffers)
    {
        using SafeFileHandle left = File.OpenHandle(expected);
        using SafeFileHandle right = File.OpenHandle(actual);
        long position = 0;
        while (true)
        {
            // On a local disk a read is short only at the end.
            int count = RandomAccess.Read(left, buffers[0], position);
            if (count != RandomAccess.Read(right, buffers[1], position)
                || !buffers[0].AsSpan(0, count).SequenceEqual(buffers[1].AsSpan(0, count)))
            {
                return false;
            }

            if (count == 0)
            {
                return true;
            }

            position += count;
        }
    }
}
