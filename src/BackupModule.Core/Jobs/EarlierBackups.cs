using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Jobs;

/// <summary>The databases in the newest backup of a policy. To be asked under a lock on the repository: what it gives is there as
/// long as nobody prunes.</summary>
internal sealed class EarlierBackups(Repository repository, string policyName, IBackupObserver observer) : IEarlierBackups
{
    /// <inheritdoc/>
    public async Task<EarlierBackup?> FindAsync(string databaseName, CancellationToken cancellationToken)
    {
        // Snapshots before the index: then every blob that they name is in the index that is loaded after. Those that cannot
        // be read are told by whoever plans the backup.
        Snapshot? newest = (await repository.Snapshots.ListAsync(static _ => { }, cancellationToken).ConfigureAwait(false))
            .LastOrDefault(snapshot => BackupTags.IsOfPolicy(snapshot.Tags, policyName));
        if (newest is null)
        {
            return null;
        }

        try
        {
            BackupManifest manifest = await ManifestReader.ReadAsync(repository, newest, cancellationToken).ConfigureAwait(false);
            DatabaseFacts? facts = manifest.Databases.FirstOrDefault(database =>
                database.Name.Equals(databaseName, StringComparison.OrdinalIgnoreCase));
            return facts is null
                ? null
                : new EarlierBackup(facts, await ListAsync(newest, facts.Name, cancellationToken).ConfigureAwait(false));
        }
        catch (BackupException failure)
        {
            observer.OnWarning(
                $"The earlier backup {newest.Id.ShortText} cannot be read, so nothing builds on it: {failure.Message}");
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, StoredContent>> ListAsync(
        Snapshot snapshot, string databaseName, CancellationToken cancellationToken)
    {
        TreeItem folder = await new TreeWalker(repository.Trees)
            .FindAsync(snapshot.Tree, DatabasePaths.Of(databaseName), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TreeNode> entries = await repository.Trees.ReadAsync(folder.Node!.Subtree!.Value, cancellationToken)
            .ConfigureAwait(false);
        return entries
            .Where(entry => entry is { Type: NodeType.File, Content: { } content } && repository.Index.Blobs.ContainsContent(content))
            .ToDictionary(
                static entry => entry.Name,
                static entry => new StoredContent((long)entry.Size, entry.Content!),
                StringComparer.Ordinal);
    }
}
