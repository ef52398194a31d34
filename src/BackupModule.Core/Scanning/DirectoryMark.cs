using System.Collections.Generic;

namespace BackupModule.Core.Scanning;

/// <summary>Which files mark a directory as not wanted.</summary>
/// <param name="Markers">The names of the marking files; empty if the directory is not marked.</param>
public sealed record DirectoryMark(IReadOnlyList<string> Markers)
{
    /// <summary>No mark.</summary>
    public static DirectoryMark None { get; } = new([]);

    /// <summary>True if the directory's entries are not wanted.</summary>
    public bool IsMarked => Markers.Count > 0;

    /// <summary>True if the mark leaves the entry of the directory out. Each marker spares only itself, so two
    /// different ones leave each other out, as in restic.</summary>
    public bool Excludes(string entryName)
    {
        foreach (string marker in Markers)
        {
            if (marker != entryName)
            {
                return true;
            }
        }

        return false;
    }
}
