using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace BackupModule.Core.Policies.Contents;

/// <summary>Finds what symbolic links of a component lead to, so that a backup of <c>/etc/letsencrypt/live/shop</c> holds
/// the certificates and not only links to them.</summary>
internal static class LinkedPaths
{
    // A folder of settings or certificates has some hundred entries; more is somebody's whole disk.
    private const int MaxEntries = 20_000;

    /// <summary>The places outside the given paths that links lead to.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="isDeep">True to look at every link below them, too; false for only those paths that are links
    /// themselves.</param>
    /// <returns>Absolute paths that exist, without links in their last part.</returns>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths, bool isDeep)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        int entries = 0;
        foreach (string path in paths)
        {
            foreach (FileSystemInfo entry in Enumerate(path, isDeep))
            {
                if (++entries > MaxEntries)
                {
                    return [.. found];
                }

                if (entry.LinkTarget is not null
                    && Resolve(entry) is { Exists: true } target
                    && !paths.Any(known => known == target.FullName || ComponentPaths.IsBelow(target.FullName, known)))
                {
                    found.Add(target.FullName);
                }
            }
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<FileSystemInfo> Enumerate(string path, bool isDeep)
    {
        FileInfo file = new(path);
        DirectoryInfo folder = new(path);
        FileSystemInfo self = folder.Exists ? folder : file;
        IEnumerable<FileSystemInfo> below = isDeep && folder.Exists && folder.LinkTarget is null
            ? folder.EnumerateFileSystemInfos("*", new EnumerationOptions
            {
                RecurseSubdirectories = true,
                AttributesToSkip = FileAttributes.None,
                IgnoreInaccessible = true,
            })
            : [];
        return below.Prepend(self);
    }

    private static FileSystemInfo? Resolve(FileSystemInfo entry)
    {
        try
        {
            return entry.ResolveLinkTarget(returnFinalTarget: true);
        }
        catch (IOException)
        {
            // A ring of links; the backup keeps them as they are.
            return null;
        }
    }
}
