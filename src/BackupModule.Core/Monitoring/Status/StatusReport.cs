using System.Collections.Generic;
using BackupModule.Core.Monitoring.Facts;

namespace BackupModule.Core.Monitoring.Status;

/// <summary>How everything stands.</summary>
/// <param name="Facts">The facts that it was worked out from.</param>
/// <param name="Policies">The policies, by name.</param>
/// <param name="Repositories">The repositories, by name.</param>
public sealed record StatusReport(
    WatchFacts Facts, IReadOnlyList<PolicyStatus> Policies, IReadOnlyList<RepositoryStatus> Repositories);
