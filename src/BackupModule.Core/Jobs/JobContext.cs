using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Jobs;

/// <summary>What a job works with.</summary>
internal sealed class JobContext(
    JobRequest request, string runId, ICatalog catalog, IRepositoryAccess repositories, RunJournal journal, TimeProvider time)
{
    private readonly List<RunPhase> _phases = [];

    /// <summary>The policy.</summary>
    public EffectivePolicy Policy => request.Policy;

    /// <summary>What is to be done.</summary>
    public ScheduleEntry Entry => request.Entry;

    /// <summary>The run's id.</summary>
    public string RunId => runId;

    /// <summary>How long to wait for a lock on a repository.</summary>
    public TimeSpan LockWait => request.LockWait;

    /// <summary>Hears how it goes.</summary>
    public RunJournal Journal => journal;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The local catalog.</summary>
    public ICatalog Catalog => catalog;

    /// <summary>The parts of the run that have ended.</summary>
    public IReadOnlyList<RunPhase> Phases => _phases;

    /// <summary>The repository that was opened first, for the run's record.</summary>
    public OpenRepository? First { get; private set; }

    /// <summary>Opens one of the policy's repositories. The policy's own key and compression are for its own repository.
    /// </summary>
    /// <exception cref="BackupException">See <see cref="IRepositoryAccess.OpenAsync"/>; <c>PolicyInvalid</c>: the policy names
    /// none.</exception>
    public async Task<OpenRepository> OpenAsync(string? name, CancellationToken cancellationToken)
    {
        string wanted = name ?? Policy.RequireRepository();
        bool isOwn = wanted.Equals(Policy.RepositoryName, StringComparison.OrdinalIgnoreCase);
        OpenRepository open = await repositories.OpenAsync(
            wanted,
            isOwn ? Policy.Merged.PasswordReference : null,
            isOwn ? Policy.Merged.CompressionLevel : null,
            cancellationToken).ConfigureAwait(false);
        First ??= open;
        return open;
    }

    /// <summary>Does a part of the run and notes how long it took, whether it went well or not.</summary>
    public async Task<T> MeasureAsync<T>(string phase, Func<Task<T>> work)
    {
        long started = time.GetTimestamp();
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _phases.Add(new RunPhase(phase, time.GetElapsedTime(started)));
        }
    }

    /// <summary>Remembers what happened to a repository. A catalog that cannot be written is warned of: what was done is
    /// done.</summary>
    public async Task RecordFactAsync(OpenRepository repository, RepositoryFact fact)
    {
        try
        {
            await catalog.RecordFactAsync(repository.Registered.RepositoryId, fact, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            journal.OnWarning($"Get-BackupRepository will not show this: {failure.Message}");
        }
    }
}
