using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>Lists what differs between two backups of one repository. Equal directories are not entered.</summary>
public sealed class SnapshotComparer
{
    private readonly TreeStore _trees;

    /// <summary>A comparer over the repository's trees; its index is loaded.</summary>
    public SnapshotComparer(TreeStore trees) => _trees = trees;

    /// <summary>The differences, by path in byte order.</summary>
    /// <exception cref="BackupException"><c>TreeDamaged</c>, or a failure of the store.</exception>
    public IAsyncEnumerable<SnapshotDifference> CompareAsync(
        Snapshot before, Snapshot after, CancellationToken cancellationToken) =>
        CompareAsync(before.Tree, after.Tree, string.Empty, cancellationToken);

    private static DifferenceKind? Classify(TreeNode before, TreeNode after)
    {
        if (before.Type != after.Type)
        {
            return DifferenceKind.TypeChanged;
        }

        bool hasSameContent = before.LinkTarget == after.LinkTarget
            && before.Device == after.Device
            && (before.Content ?? []).SequenceEqual(after.Content ?? []);
        if (!hasSameContent)
        {
            return DifferenceKind.Modified;
        }

        bool hasSameMetadata = before.Mode == after.Mode
            && before.UserId == after.UserId
            && before.GroupId == after.GroupId
            && before.ModifiedTime.IsSameMoment(after.ModifiedTime)
            && before.GenericAttributes.SequenceEqual(after.GenericAttributes)
            && HasSameAttributes(before, after);
        return hasSameMetadata ? null : DifferenceKind.MetadataChanged;
    }

    private static bool HasSameAttributes(TreeNode before, TreeNode after)
    {
        static IEnumerable<string> Describe(TreeNode node) => node.ExtendedAttributes
            .Select(static attribute => $"{attribute.Name}={Convert.ToHexString(attribute.Value)}")
            .Order(StringComparer.Ordinal);
        return Describe(before).SequenceEqual(Describe(after));
    }

    private async IAsyncEnumerable<SnapshotDifference> CompareAsync(
        ObjectId? before, ObjectId? after, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (before == after)
        {
            yield break;
        }

        Dictionary<string, TreeNode> old = await ReadAsync(before, cancellationToken).ConfigureAwait(false);
        Dictionary<string, TreeNode> current = await ReadAsync(after, cancellationToken).ConfigureAwait(false);
        foreach (string name in old.Keys.Union(current.Keys).Order(RawText.ByteOrder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            TreeNode? left = old.GetValueOrDefault(name);
            TreeNode? right = current.GetValueOrDefault(name);
            string inner = $"{path}/{name}";
            DifferenceKind? kind = left is null ? DifferenceKind.Added
                : right is null ? DifferenceKind.Removed
                : Classify(left, right);
            if (kind is { } found)
            {
                yield return new SnapshotDifference(inner, found, left, right);
            }

            await foreach (SnapshotDifference below in CompareAsync(
                left?.Subtree, right?.Subtree, inner, cancellationToken).ConfigureAwait(false))
            {
                yield return below;
            }
        }
    }

    private async Task<Dictionary<string, TreeNode>> ReadAsync(ObjectId? tree, CancellationToken cancellationToken)
    {
        Dictionary<string, TreeNode> nodes = [];
        if (tree is { } id)
        {
            foreach (TreeNode node in await _trees.ReadAsync(id, cancellationToken).ConfigureAwait(false))
            {
                nodes[node.Name] = node;
            }
        }

        return nodes;
    }
}
