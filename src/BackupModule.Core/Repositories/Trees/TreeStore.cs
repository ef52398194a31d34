using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>Reads the directories of backups.</summary>
public sealed class TreeStore
{
    private readonly TreeLoader _loader;

    internal TreeStore(TreeLoader loader) => _loader = loader;

    /// <summary>The entries of a directory, in the order in which they are stored.</summary>
    /// <exception cref="BackupException"><c>TreeDamaged</c>, <c>PackMissing</c>, or a failure of the store.</exception>
    public async Task<IReadOnlyList<TreeNode>> ReadAsync(ObjectId treeId, CancellationToken cancellationToken)
    {
        byte[] json = await _loader.ReadAsync(treeId, cancellationToken).ConfigureAwait(false);
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
