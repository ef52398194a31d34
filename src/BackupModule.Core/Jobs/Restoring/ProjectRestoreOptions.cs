using System;
using System.Collections.Generic;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery;
using BackupModule.Core.Restore;

namespace BackupModule.Core.Jobs.Restoring;

/// <summary>What of a project is restored, and who has a say in it.</summary>
public sealed record ProjectRestoreOptions
{
    /// <summary>The databases, in the order in which they are restored.</summary>
    public IReadOnlyList<DatabaseRestoreStep> Databases { get; init; } = [];

    /// <summary>The files, which are restored after the databases; null for none.</summary>
    public RestoreOptions? Files { get; init; }

    /// <summary>The policy whose hooks, restarts and health checks belong to a restore in place; null to leave them out.</summary>
    public EffectivePolicy? Policy { get; init; }

    /// <summary>How long to wait while somebody else holds a conflicting lock.</summary>
    public TimeSpan LockWait { get; init; }

    /// <summary>How many things are restored, each of which may fail by itself.</summary>
    internal int Parts => Databases.Count + (Files is null ? 0 : 1);

    /// <summary>The backup that hooks are told of: that of the files, or of the first database.</summary>
    internal string BackupId => (Files?.Snapshot ?? Databases[0].Backup.Snapshot).Id.ToString();
}
