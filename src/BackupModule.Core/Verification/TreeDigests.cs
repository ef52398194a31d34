using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Verification;

/// <summary>
/// What a check remembers of the directories that it met while it read packs, so that walking the backups need not read
/// them again: the directories in each, if nothing at all is wrong with it. Members may be called from many threads at
/// once.
/// </summary>
internal sealed class TreeDigests
{
    private readonly ConcurrentDictionary<ObjectId, IReadOnlyList<(string Name, ObjectId Tree)>> _sound = new();

    /// <summary>Remembers a directory in which nothing is wrong.</summary>
    public void Add(ObjectId tree, IReadOnlyList<TreeNode> nodes)
    {
        List<(string, ObjectId)> directories = [];
        foreach (TreeNode node in nodes)
        {
            if (node.Subtree is { } subtree)
            {
                directories.Add((node.Name, subtree));
            }
        }

        _sound[tree] = directories.Count == 0 ? [] : directories;
    }

    /// <summary>The directories in a directory that was remembered.</summary>
    public bool TryGet(
        ObjectId tree, [NotNullWhen(true)] out IReadOnlyList<(string Name, ObjectId Tree)>? directories) =>
        _sound.TryGetValue(tree, out directories);
}
