using System.Collections.Generic;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs.Health;
using BackupModule.Core.Recovery;
using BackupModule.Core.Restore;

namespace BackupModule.Core.Jobs.Restoring;

/// <summary>What a restore of a project did.</summary>
public sealed record ProjectRestoreResult
{
    /// <summary>The databases that were restored, in order.</summary>
    public required IReadOnlyList<(DatabaseRestoreStep Step, DatabaseRestoreResult Result)> Databases { get; init; }

    /// <summary>The files; null if none were asked for, or they were not begun.</summary>
    public RestoreResult? Files { get; init; }

    /// <summary>Whether the application works; empty where nobody asked.</summary>
    public IReadOnlyList<HealthResult> Health { get; init; } = [];

    /// <summary>Why the rest was not restored, which names what was and what was not; null if all was.</summary>
    public BackupException? Failure { get; init; }
}
