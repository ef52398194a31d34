using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Scale.Generating;

/// <summary>
/// A whole repository of many tiny blobs, for prunes: folders of a hundred files of one chunk each. A quarter of the
/// folders is in every snapshot; each of the others is in one snapshot only. In the first half, folders of one snapshot
/// are stored together, so that removing it frees whole packs; in the second they alternate, so that it leaves every
/// pack partly used. The oldest snapshots are removed at the end.
/// </summary>
internal static class SyntheticBackups
{
    private const int FilesInFolder = 100;
    private const int ChunkBytes = 120;
    private static readonly DateTimeOffset s_first = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task CreateAsync(Options options)
    {
        int blobs = options.Number("count", 1_000_000);
        int snapshots = options.Number("snapshots", 10);
        int removed = options.Number("remove", 4);
        Repository repository = await options.CreateRepositoryAsync();
        List<TreeNode>[] roots = await new BlobWriter(repository).RunAsync(
            writer => WriteFoldersAsync(writer, Math.Max(1, blobs / (FilesInFolder + 1)), snapshots));
        ObjectId[] trees = await new BlobWriter(repository).RunAsync(async writer =>
        {
            ObjectId[] written = new ObjectId[snapshots];
            for (int i = 0; i < snapshots; i++)
            {
                written[i] = await writer.WriteTreeAsync(roots[i]);
            }

            return written;
        });
        for (int i = removed; i < snapshots; i++)
        {
            await repository.Snapshots.SaveAsync(
                new Snapshot { Time = TimeOf(i), Tree = trees[i], Paths = ["/"], HostName = "scale" }, default);
        }

        Figures.Write("backups", ("blobs", repository.Index.Blobs.Count), ("packs", repository.Index.Blobs.PackCount));
    }

    private static async Task<List<TreeNode>[]> WriteFoldersAsync(BlobWriter writer, int folders, int snapshots)
    {
        List<TreeNode>[] roots = [.. Enumerable.Range(0, snapshots).Select(static _ => new List<TreeNode>())];
        for (int folder = 0; folder < folders; folder++)
        {
            TreeNode node = Node($"folder{folder:d7}", NodeType.Directory) with
            {
                Mode = GoFileMode.Directory | 0x1ed,
                Subtree = await writer.WriteTreeAsync(await WriteFilesAsync(writer, folder)),
            };
            int owner = folder < folders / 2 ? (int)(folder * 2L * snapshots / folders) : folder % snapshots;
            foreach (List<TreeNode> root in folder % 4 == 0 ? roots : [roots[Math.Min(owner, snapshots - 1)]])
            {
                root.Add(node);
            }
        }

        return roots;
    }

    private static async Task<List<TreeNode>> WriteFilesAsync(BlobWriter writer, int folder)
    {
        List<TreeNode> files = new(FilesInFolder);
        for (int file = 0; file < FilesInFolder; file++)
        {
            byte[] content = new byte[ChunkBytes];
            new Random((folder * FilesInFolder) + file).NextBytes(content.AsSpan(0, ChunkBytes / 2));
            BinaryPrimitives.WriteInt64LittleEndian(content, ((long)folder * FilesInFolder) + file);
            files.Add(Node($"file{file:d3}", NodeType.File) with
            {
                Mode = 0x1a4,
                Links = 1,
                Size = ChunkBytes,
                Content = [await writer.WriteAsync(BlobType.Data, content)],
            });
        }

        return files;
    }

    private static TreeNode Node(string name, NodeType type) => new()
    {
        Name = name,
        Type = type,
        ModifiedTime = TimeOf(0),
        AccessTime = TimeOf(0),
        ChangeTime = TimeOf(0),
    };

    private static FileTimestamp TimeOf(int day) => FileTimestamp.FromDateTimeOffset(s_first.AddDays(day));
}
