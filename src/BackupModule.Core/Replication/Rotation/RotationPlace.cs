using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>Where a repository with a new master key is made: beside the old one, in the same file system or bucket.
/// </summary>
internal static partial class RotationPlace
{
    private const string FolderSuffix = ".new-key";

    /// <summary>The place for the successor of the repository at this location.</summary>
    /// <exception cref="BackupException"><c>StorageUnsupported</c>: the location is the root of a disk.</exception>
    public static StoreLocation Beside(StoreLocation location)
    {
        if (location.Provider == StoreProvider.Local)
        {
            RequireMovable(location.Text);
            return Parse(location.Text + FolderSuffix);
        }

        string text = location.Text;
        if (location.Prefix.Length == 0)
        {
            return Parse(text + "/key2");
        }

        return Numbered().Match(text) is { Success: true } last
            ? Parse(text[..last.Groups[1].Index]
                + (int.Parse(last.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 1))
            : Parse(text + "-key2");
    }

    /// <summary>Where the old repository in a folder is put away: a path that is free.</summary>
    public static string OldBeside(string path, DateTimeOffset now)
    {
        string old = string.Create(CultureInfo.InvariantCulture, $"{path}.old-key-{now:yyyyMMdd}");
        return Enumerable.Range(1, int.MaxValue)
            .Select(number => number == 1 ? old : string.Create(CultureInfo.InvariantCulture, $"{old}-{number}"))
            .First(static free => !Path.Exists(free));
    }

    /// <summary>Reads the place from a record.</summary>
    public static StoreLocation Parse(string text) => StoreLocation.Parse(text, Path.DirectorySeparatorChar.ToString());

    private static void RequireMovable(string path)
    {
        if (Path.GetDirectoryName(path) is null
            || DriveInfo.GetDrives().Any(drive => Path.TrimEndingDirectorySeparator(drive.RootDirectory.FullName) == path))
        {
            throw new BackupException(
                BackupErrorKind.StorageUnsupported,
                $"{path} is the root of a file system, so no other folder can take its place.",
                "Move the repository into a folder of that disk, point to it with Set-BackupRepository -Location, and run "
                + "the command again.")
            {
                Subject = path,
            };
        }
    }

    [GeneratedRegex("-key([0-9]{1,4})$")]
    private static partial Regex Numbered();
}
