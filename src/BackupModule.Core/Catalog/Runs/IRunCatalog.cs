using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Catalog.Runs;

/// <summary>The part of the catalog that holds the history.</summary>
public interface IRunCatalog
{
    /// <summary>Adds a run, or replaces what is known of it. A run that is known stays with its policy, which may have been
    /// renamed meanwhile.</summary>
    Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>Adds the runs that are not known yet, in one transaction.</summary>
    /// <returns>How many were added.</returns>
    Task<int> AddRunsAsync(IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken);

    /// <summary>The run whose id starts so; null if there is none, or more than one.</summary>
    Task<RunRecord?> FindRunAsync(string idPrefix, CancellationToken cancellationToken);

    /// <summary>The runs that a query asks for, the newest first.</summary>
    Task<IReadOnlyList<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken);
}
