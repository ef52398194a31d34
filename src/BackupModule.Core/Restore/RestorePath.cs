using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>The rules for paths inside a restore's folder, before any file system is asked.</summary>
internal static class RestorePath
{
    /// <summary>Refuses a path that could lead out of the folder: absolute, or with a part that is empty, <c>.</c>,
    /// <c>..</c> or holds a zero byte.</summary>
    /// <exception cref="BackupException"><c>UnsafePath</c>.</exception>
    public static void Check(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        foreach (Range range in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> part = path.AsSpan(range);
            if (part.IsEmpty || part is "." or ".." || part.Contains('\0'))
            {
                throw Refuse(path, "it is not a plain path below the destination");
            }
        }
    }

    /// <summary>Refuses what is not a single name.</summary>
    /// <exception cref="BackupException"><c>UnsafePath</c>.</exception>
    public static void CheckName(string name)
    {
        Check(name);
        if (name.Length == 0 || name.Contains('/'))
        {
            throw Refuse(name, "it is not a single name");
        }
    }

    /// <summary>Where the path's last part begins.</summary>
    public static int NameStart(string path) => path.LastIndexOf('/') + 1;

    /// <summary>The path of the directory that holds the path's last part.</summary>
    public static ReadOnlySpan<char> Parent(string path) => path.AsSpan(0, Math.Max(0, path.LastIndexOf('/')));

    /// <summary>The exception for a path that is refused.</summary>
    public static BackupException Refuse(string path, string why)
    {
        string shown = RawText.ToDisplay(path).Replace('\0', '\ufffd');
        return new BackupException(
            BackupErrorKind.UnsafePath,
            $"'{shown}' is not restored: {why}.",
            "Nothing was written outside the destination. Remove symbolic links from the destination or restore into "
                + "an empty folder; if the name itself is at fault, do not trust the backup's origin.")
        { Subject = shown };
    }
}
