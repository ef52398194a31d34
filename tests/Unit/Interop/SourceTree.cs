using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Tests.Interop;

/// <summary>The tree of a folder within a backup. Those of the folders above it tell nothing: other tests that run
/// at the same time change the temporary folder.</summary>
internal static class SourceTree
{
    public static async Task<ObjectId> FindAsync(Repository repository, Snapshot snapshot, string path)
    {
        await repository.Index.LoadAsync(default);
        return (await new TreeWalker(repository.Trees).FindAsync(snapshot.Tree, path, default)).Node.Subtree!.Value;
    }

    /// <summary>The one tree that the folder has in all backups of the repository; fails if they differ.</summary>
    public static async Task<ObjectId> FindOnlyAsync(Repository repository, string path)
    {
        ObjectId[] trees = await Task.WhenAll((await repository.Snapshots.ListAllAsync(default))
            .Select(snapshot => FindAsync(repository, snapshot, path)));
        return Xunit.Assert.Single(trees.Distinct());
    }
}
