using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Tests;

/// <summary>Writes blobs and trees into a repository that no backup of ours would write.</summary>
internal sealed class HandMadeBackup(Repository repository)
{
    private static readonly FileTimestamp s_time =
        FileTimestamp.FromDateTimeOffset(new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero));

    private readonly List<(BlobKey Key, byte[] Content)> _blobs = [];

    public TreeNode File(string name, byte[] content) => new()
    {
        Name = name,
        Type = NodeType.File,
        Mode = 0x1a4,
        ModifiedTime = s_time,
        AccessTime = s_time,
        ChangeTime = s_time,
        Size = (ulong)content.Length,
        Links = 1,
        Content = content.Length == 0 ? [] : [Add(BlobType.Data, content)],
    };

    public TreeNode Directory(string name, params TreeNode[] entries) => new()
    {
        Name = name,
        Type = NodeType.Directory,
        Mode = GoFileMode.Directory | 0x1ed,
        ModifiedTime = s_time,
        AccessTime = s_time,
        ChangeTime = s_time,
        Subtree = Tree(entries),
    };

    public static TreeNode Link(string name, string target) => new()
    {
        Name = name,
        Type = NodeType.SymbolicLink,
        Mode = GoFileMode.SymbolicLink | 0x1ff,
        ModifiedTime = s_time,
        AccessTime = s_time,
        ChangeTime = s_time,
        Links = 1,
        LinkTarget = target,
    };

    /// <summary>Stores everything made so far, and a snapshot of a root with these entries.</summary>
    public async Task<Snapshot> SaveAsync(params TreeNode[] entries)
    {
        ObjectId root = Tree(entries);
        await repository.Index.LoadAsync(default);
        PackPipeline pipeline = new(repository, TimeProvider.System);
        using StageGroup stages = new(default);
        stages.Run(
            async token =>
            {
                foreach ((BlobKey key, byte[] content) in _blobs.Where(blob => pipeline.Claim(blob.Key)))
                {
                    await pipeline.WriteAsync(key, content, token);
                }
            },
            onCompleted: pipeline.CompleteInput);
        pipeline.Start(stages);
        await pipeline.CompleteAsync(stages);
        return await repository.Snapshots.SaveAsync(
            new Snapshot { Time = s_time, Tree = root, Paths = ["/"], HostName = "elsewhere" }, default);
    }

    private ObjectId Tree(TreeNode[] entries) => Add(BlobType.Tree, TreeEncoder.Encode(entries).ToArray());

    private ObjectId Add(BlobType type, byte[] content)
    {
        ObjectId id = ObjectId.Hash(content);
        _blobs.Add((new BlobKey(type, id), content));
        return id;
    }
}
