using System;

namespace BackupModule.Core.Replication;

/// <summary>The last event of a kind that this machine saw at a repository.</summary>
public sealed record RepositoryFact
{
    /// <summary>What happened.</summary>
    public required RepositoryFactKind Kind { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>True if it went well: nothing was left out, the check found no error, tampering was refused.</summary>
    public bool Passed { get; init; } = true;

    /// <summary>The time of the newest backup in the repository then; null if unknown or none.</summary>
    public DateTimeOffset? NewestBackup { get; init; }

    /// <summary>For a copy, the time of the newest backup in its source then; null if unknown or none.</summary>
    public DateTimeOffset? NewestInSource { get; init; }

    /// <summary>For a copy, how many backups of its source it lacked then.</summary>
    public int Waiting { get; init; }
}
