using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Agreement;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Jobs;

/// <summary>Compares the uploads that databases of a backup name with the files of the same backup, and reports what is in one of
/// both alone.</summary>
internal sealed class UploadReview(Repository repository, IBackupObserver observer)
{
    /// <summary>Compares, for each database that was asked for uploads. A failure is a warning: the backup is made.</summary>
    public async Task RunAsync(
        Snapshot snapshot,
        IEnumerable<DatabaseDefinition> definitions,
        IEnumerable<DatabaseFacts> facts,
        CancellationToken cancellationToken)
    {
        HashSet<string> asked =
            [.. facts.Where(static database => database.Uploads is not null).Select(static database => database.Name)];
        foreach (DatabaseDefinition database in definitions.Where(database => asked.Contains(database.Name)))
        {
            try
            {
                Report(database, await CompareAsync(snapshot, database, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception failure) when (failure is BackupException or InvalidDataException)
            {
                observer.OnWarning(
                    $"The uploads of the database source '{database.Name}' could not be compared with the files: {failure.Message}");
            }
        }
    }

    private async Task<UploadAgreement> CompareAsync(
        Snapshot snapshot, DatabaseDefinition database, CancellationToken cancellationToken)
    {
        await repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        TreeItem list = await new TreeWalker(repository.Trees)
            .FindAsync(snapshot.Tree, $"{DatabasePaths.Of(database.Name)}/{UploadList.FileName}", cancellationToken)
            .ConfigureAwait(false);
        using BackupFileStream content = new(repository.Blobs, list.Node);
        return await new AgreementComparer(database.UploadRoot)
            .CompareAsync(
                UploadList.ReadAsync(content, cancellationToken), token => WalkFilesAsync(snapshot, token), cancellationToken)
            .ConfigureAwait(false);
    }

    private async IAsyncEnumerable<string> WalkFilesAsync(
        Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A directory that cannot be read would make its files look lost.
        await foreach (TreeItem item in new TreeWalker(repository.Trees)
            .WalkAsync(
                snapshot.Tree,
                string.Empty,
                static item => !GeneratedFile.IsPlaceOf(item.Path),
                static (_, failure) => throw failure,
                cancellationToken).ConfigureAwait(false))
        {
            if (item.Node.Type is NodeType.File or NodeType.SymbolicLink)
            {
                yield return item.Path;
            }
        }
    }

    private void Report(DatabaseDefinition database, UploadAgreement agreement)
    {
        if (agreement.Dangling > 0)
        {
            observer.OnWarning(
                $"The database source '{database.Name}' names {agreement.Dangling} of {agreement.Uploads} uploads that are not in the "
                + $"backup: {Name(agreement.DanglingPaths, agreement.Dangling)}");
        }

        if (agreement.Orphaned > 0)
        {
            observer.OnWarning(
                $"The backup has {agreement.Orphaned} files in '{database.UploadRoot}' that the database source '{database.Name}' does "
                + $"not name: {Name(agreement.OrphanedPaths, agreement.Orphaned)}");
        }

        if (agreement.Dangling + agreement.Orphaned == 0)
        {
            observer.OnDecision($"All {agreement.Uploads} uploads that the database source '{database.Name}' names are in the backup.");
        }
    }

    private static string Name(IReadOnlyList<string> paths, long count) =>
        string.Join(", ", paths) + (count > paths.Count ? ", …" : string.Empty);
}
