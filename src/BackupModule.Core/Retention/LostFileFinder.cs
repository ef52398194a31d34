using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>
/// Walks the directories of all backups of one machine at once, path by path. A directory that is the same in several
/// backups is read once, and one that a backup which stays has just so is not entered. Memory is taken for the entries of
/// the directories from the root to the one that is read.
/// </summary>
internal sealed class LostFileFinder(TreeStore trees, UsedBlobs kept)
{
    private const int TreesAtOnce = 8;

    /// <summary>What the backups that go have and those that stay have not, by path in byte order.</summary>
    /// <param name="removed">The backups of a machine that go.</param>
    /// <param name="staying">The backups of the same machine that stay.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <exception cref="BackupException"><c>TreeDamaged</c>, or a failure of the store: it cannot be told what is lost.
    /// </exception>
    public IAsyncEnumerable<LostFile> FindAsync(
        IEnumerable<Snapshot> removed, IEnumerable<Snapshot> staying, CancellationToken cancellationToken) => FindAsync(
            string.Empty,
            [
                .. removed.OrderByDescending(static snapshot => snapshot.Time.Seconds)
                    .ThenByDescending(static snapshot => snapshot.Time.Nanoseconds)
                    .Select(static snapshot => new Version(snapshot.Tree, snapshot)),
            ],
            [.. staying.Select(static snapshot => snapshot.Tree)],
            cancellationToken);

    private async IAsyncEnumerable<LostFile> FindAsync(
        string path,
        IEnumerable<Version> removed,
        HashSet<ObjectId> staying,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Version[] versions =
        [
            .. removed.Where(version => !staying.Contains(version.Tree)).DistinctBy(static version => version.Tree),
        ];
        if (versions.Length == 0)
        {
            yield break;
        }

        Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
        await foreach ((IReadOnlyList<TreeNode> nodes, int i) in
            ReadAsync([.. versions.Select(static version => version.Tree)], cancellationToken).ConfigureAwait(false))
        {
            foreach (TreeNode node in nodes)
            {
                EntryOf(entries, node).AddRemoved(node, versions[i].Last);
            }
        }

        await foreach ((IReadOnlyList<TreeNode> nodes, _) in
            ReadAsync([.. staying], cancellationToken).ConfigureAwait(false))
        {
            foreach (TreeNode node in nodes)
            {
                entries.GetValueOrDefault(node.Name)?.AddStaying(node);
            }
        }

        foreach (string name in entries.Keys.Order(RawText.ByteOrder))
        {
            Entry entry = entries[name];
            if (entry is { File: { } file, IsStaying: false })
            {
                yield return new LostFile($"{path}/{name}", file, entry.Last!, IsContentKept(file));
            }

            await foreach (LostFile below in FindAsync(
                $"{path}/{name}", entry.Removed, entry.Staying, cancellationToken).ConfigureAwait(false))
            {
                yield return below;
            }
        }
    }

    private bool IsContentKept(TreeNode file) => file.Type == NodeType.File && (file.Content ?? []).All(
        chunk => kept.Index.NumberOf(new BlobKey(BlobType.Data, chunk)) is >= 0 and var number && kept.Contains(number));

    private static Entry EntryOf(Dictionary<string, Entry> entries, TreeNode node)
    {
        if (!entries.TryGetValue(node.Name, out Entry? entry))
        {
            entries[node.Name] = entry = new Entry();
        }

        return entry;
    }

    private async IAsyncEnumerable<(IReadOnlyList<TreeNode> Nodes, int Place)> ReadAsync(
        ObjectId[] ids, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int place = 0;
        foreach (ObjectId[] several in ids.Chunk(TreesAtOnce))
        {
            IReadOnlyList<TreeNode>[] read = await Task.WhenAll(
                several.Select(id => trees.ReadAsync(id, cancellationToken))).ConfigureAwait(false);
            foreach (IReadOnlyList<TreeNode> nodes in read)
            {
                yield return (nodes, place++);
            }
        }
    }

    // A directory as backups that go have it, with the last of these.
    private readonly record struct Version(ObjectId Tree, Snapshot Last);

    // What stands under one name. Those that go are added first, the newest of them before all.
    private sealed class Entry
    {
        public TreeNode? File { get; private set; }

        public Snapshot? Last { get; private set; }

        public bool IsStaying { get; private set; }

        public List<Version> Removed { get; } = [];

        public HashSet<ObjectId> Staying { get; } = [];

        public void AddRemoved(TreeNode node, Snapshot last)
        {
            if (node.Subtree is { } tree)
            {
                Removed.Add(new Version(tree, last));
            }
            else if (File is null)
            {
                File = node;
                Last = last;
            }
        }

        public void AddStaying(TreeNode node)
        {
            if (node.Subtree is { } tree)
            {
                Staying.Add(tree);
            }
            else
            {
                IsStaying = true;
            }
        }
    }
}
