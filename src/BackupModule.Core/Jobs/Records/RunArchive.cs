using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;

namespace BackupModule.Core.Jobs.Records;

/// <summary>Keeps runs: in the catalog, and sealed in the repository of the policy, from which a lost catalog is made anew. A
/// run whose repository could not be reached goes there with the next one.</summary>
internal sealed class RunArchive(ICatalog catalog, IBackupObserver observer)
{
    /// <summary>The kind of the records in a <see cref="RecordStore"/>.</summary>
    public const string Kind = "runs";

    // A repository that was away for long gets the latest of what it missed.
    private const int MaxCatchUp = 1000;

    /// <summary>Records a run that has ended, and those before it that could not be.</summary>
    /// <param name="run">The run.</param>
    /// <param name="repository">The repository that was open; null for none.</param>
    public async Task SaveAsync(RunRecord run, OpenRepository? repository)
    {
        await catalog.SaveRunAsync(run, CancellationToken.None).ConfigureAwait(false);
        if (repository is null)
        {
            return;
        }

        IReadOnlyList<RunRecord> recent = await catalog.ListRunsAsync(
            new RunQuery { PolicyName = run.PolicyName, Limit = MaxCatchUp }, CancellationToken.None).ConfigureAwait(false);
        RecordStore records = new(repository.Repository, Kind);
        try
        {
            foreach (RunRecord missing in recent.Where(static known => !known.IsArchived && known.EndedAt is not null).Reverse())
            {
                await records.AppendAsync(RunJson.Encode(missing), CancellationToken.None).ConfigureAwait(false);
                await catalog.SaveRunAsync(missing with { IsArchived = true }, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (BackupException failure)
        {
            observer.OnDecision($"The run's record stays in the catalog until the next run: {failure.Message}");
        }
    }

    /// <summary>All runs that a repository knows of.</summary>
    public static async Task<IReadOnlyList<RunRecord>> ReadAsync(
        Repository repository, IBackupObserver observer, CancellationToken cancellationToken) =>
    [
        .. (await new RecordStore(repository, Kind)
                .ReadAllAsync(static json => RunJson.Decode(json), observer, cancellationToken).ConfigureAwait(false))
            .Select(static item => item.Record with { IsArchived = true }),
    ];
}
