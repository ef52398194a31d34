using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.SqlServer.Restoring;

/// <summary>What was done in a restore, and how long it took.</summary>
internal sealed class RestoreJournal(TimeProvider time)
{
    private readonly List<DatabaseCheck> _checks = [];
    private readonly List<DatabasePhase> _phases = [];

    /// <summary>What was checked.</summary>
    public IReadOnlyList<DatabaseCheck> Checks => _checks;

    /// <summary>How long each part took, in order.</summary>
    public IReadOnlyList<DatabasePhase> Phases => _phases;

    /// <summary>Keeps a check.</summary>
    public void Add(DatabaseCheck check) => _checks.Add(check);

    /// <summary>Does a part, and keeps how long it took.</summary>
    public async Task<T> MeasureAsync<T>(string phase, Func<Task<T>> work)
    {
        long begun = time.GetTimestamp();
        T result = await work().ConfigureAwait(false);
        _phases.Add(new DatabasePhase(phase, time.GetElapsedTime(begun)));
        return result;
    }

    /// <summary>Does a part, and keeps how long it took.</summary>
    public Task MeasureAsync(string phase, Func<Task> work) => MeasureAsync(
        phase,
        async () =>
        {
            await work().ConfigureAwait(false);
            return true;
        });
}
