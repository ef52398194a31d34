using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases;

/// <summary>Measures the parts of a restore.</summary>
internal sealed class PhaseClock(TimeProvider time)
{
    private readonly List<DatabasePhase> _phases = [];

    /// <summary>The parts so far, in order.</summary>
    public IReadOnlyList<DatabasePhase> Phases => _phases;

    /// <summary>Runs a part; it counts when it fails, too.</summary>
    public async Task<T> MeasureAsync<T>(string phase, Func<Task<T>> work)
    {
        long begun = time.GetTimestamp();
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _phases.Add(new DatabasePhase(phase, time.GetElapsedTime(begun)));
        }
    }

    /// <summary>Runs a part that gives nothing.</summary>
    public Task MeasureAsync(string phase, Func<Task> work) => MeasureAsync(
        phase,
        async () =>
        {
            await work().ConfigureAwait(false);
            return true;
        });
}
