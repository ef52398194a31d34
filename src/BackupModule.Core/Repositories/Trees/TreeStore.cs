using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>Reads the directories of backups.</summary>
public sealed class TreeStore
{
    private readonly Repository _repository;
    private readonly TreeLoader? _loader;

    /// <summary>The trees of a repository; with copies of packs, they are read from those.</summary>
    internal TreeStore(Repository repository)
        : this(repository, repository.Options.Cache is null ? null : new TreeLoader(repository))
    {
    }

    private TreeStore(Repository repository, TreeLoader? loader)
    {
        _repository = repository;
        _loader = loader;
    }

    /// <summary>The same trees for one walk over many of them: neighbours come with one request to the store, and are
    /// kept a while. What happens to a pack meanwhile may go unnoticed, so repairs and checks read without it.</summary>
    public TreeStore ForOneWalk() => _loader is null ? new(_repository, new TreeLoader(_repository)) : this;

    /// <summary>The entries of a directory, in the order in which they are stored.</summary>
    /// <exception cref="BackupException"><c>TreeDamaged</c>, <c>PackMissing</c>, or a failure of the store.</exception>
    public async Task<IReadOnlyList<TreeNode>> ReadAsync(ObjectId treeId, CancellationToken cancellationToken)
    {
        Task<byte[]> reading = _loader?.ReadAsync(treeId, cancellationToken)
            ?? _repository.Blobs.ReadAsync(new BlobKey(BlobType.Tree, treeId), cancellationToken);
        byte[] json = await reading.ConfigureAwait(false);
        try
        {
            return TreeDecoder.Decode(json);
        }
        catch (InvalidDataException failure)
        {
            throw new BackupException(
                BackupErrorKind.TreeDamaged,
                $"The directory {treeId.ShortText} is damaged: {failure.Message}",
                "Run Repair-BackupRepository: backups that use it lose this directory and keep the rest.",
                failure)
            {
                Subject = treeId.ToString(),
            };
        }
    }
}
