using System.Collections.Generic;

namespace BackupModule.Compare.Results;

/// <summary>A restored folder, compared with its source.</summary>
/// <param name="DataSet">The data set.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Differences">The first differences; none if there are none.</param>
internal sealed record RestoreResult(string DataSet, string Tool, IReadOnlyList<string> Differences);
