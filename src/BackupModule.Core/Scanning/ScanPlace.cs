using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>Where a walk stands: an entry, its place in its directory, and what the parent snapshot has there.</summary>
/// <param name="Parent">The directory it is in; null for the snapshot's root.</param>
/// <param name="Slot">Its place there.</param>
/// <param name="Node">Its metadata; null for the snapshot's root, which has none.</param>
/// <param name="Path">Where it is read.</param>
/// <param name="PreviousTree">Its tree in the parent snapshot, if it was there.</param>
/// <param name="TargetDevice">The device of the backed-up path that the walk came from.</param>
/// <param name="Device">Its own device.</param>
internal sealed record ScanPlace(
    DirectoryScan? Parent,
    int Slot,
    TreeNode? Node,
    string Path,
    ObjectId? PreviousTree,
    ulong TargetDevice,
    ulong Device)
{
    /// <summary>Begins the directory at this place.</summary>
    public DirectoryScan Open(int count, bool isPreviousLost) =>
        new(Parent, Slot, Node, Path, count, PreviousTree, isPreviousLost);

    /// <summary>The path of an entry of a directory.</summary>
    public static string Join(string directory, string name) =>
        directory.EndsWith('/') ? directory + name : $"{directory}/{name}";
}
