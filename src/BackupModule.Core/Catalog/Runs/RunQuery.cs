using System;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Catalog.Runs;

/// <summary>Which runs are asked for; what is null does not matter.</summary>
public sealed record RunQuery
{
    /// <summary>Runs of this policy, case aside.</summary>
    public string? PolicyName { get; init; }

    /// <summary>Runs of this job.</summary>
    public JobKind? Job { get; init; }

    /// <summary>Runs in this state.</summary>
    public RunState? State { get; init; }

    /// <summary>Runs that began at this moment or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Runs that began before this moment.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>At most so many, the newest.</summary>
    public int? Limit { get; init; }
}
