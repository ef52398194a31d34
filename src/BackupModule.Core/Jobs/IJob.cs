using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Jobs;

/// <summary>One kind of work that a schedule has done.</summary>
internal interface IJob
{
    /// <summary>Does it.</summary>
    /// <exception cref="Diagnostics.BackupException">It was not done.</exception>
    Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken);
}
