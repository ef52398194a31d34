using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Scale.Generating;

/// <summary>Stores blobs and trees in packs, as a backup does.</summary>
internal sealed class BlobWriter(Repository repository)
{
    private readonly PackPipeline _packs = new(repository, TimeProvider.System);

    /// <summary>Runs the work, then stores and indexes all that it wrote.</summary>
    public async Task<T> RunAsync<T>(Func<BlobWriter, Task<T>> work)
    {
        using StageGroup stages = new(default);
        T result = default!;
        stages.Run(
            async _ => result = await work(this),
            onCompleted: _packs.CompleteInput);
        _packs.Start(stages);
        await _packs.CompleteAsync(stages);
        return result;
    }

    public Task<ObjectId> WriteTreeAsync(IReadOnlyList<TreeNode> nodes) =>
        WriteAsync(BlobType.Tree, TreeEncoder.Encode(nodes));

    public async Task<ObjectId> WriteAsync(BlobType type, ReadOnlyMemory<byte> content)
    {
        BlobKey key = new(type, ObjectId.Hash(content.Span));
        if (_packs.Claim(key))
        {
            await _packs.WriteAsync(key, content, default);
        }

        return key.Id;
    }
}
