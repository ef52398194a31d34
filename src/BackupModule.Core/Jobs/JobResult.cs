using System;
using BackupModule.Core.Catalog.Runs;

namespace BackupModule.Core.Jobs;

/// <summary>How a run ended.</summary>
/// <param name="Run">Its record.</param>
/// <param name="Result">The engine's own result, such as a <see cref="Backup.BackupResult"/>; null where the job was not done.
/// </param>
/// <param name="Failure">What ended it; null where the job was done.</param>
public sealed record JobResult(RunRecord Run, object? Result, Exception? Failure);
