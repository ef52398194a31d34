using System;
using System.Collections.Generic;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources.Generated;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Backup;

/// <summary>What to back up, and how.</summary>
public sealed record BackupOptions
{
    /// <summary>Absolute, cleaned paths (<see cref="TargetTree.Clean"/>).</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Files of the backup that are on no disk; see <see cref="GeneratedFile"/>.</summary>
    public IReadOnlyList<GeneratedFile> Generated { get; init; } = [];

    /// <summary>Folders of the backup that are on no disk; they are streamed one after the other, before any file is read.
    /// </summary>
    public IReadOnlyList<IStreamedFolder> Streams { get; init; } = [];

    /// <summary>What to leave out.</summary>
    public ExcludeOptions Exclude { get; init; } = new();

    /// <summary>Tags of the snapshot; none contains a comma.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The machine's name in the snapshot, by which the next backup finds its parent.</summary>
    public string HostName { get; init; } = MachineIdentity.Current.HostName;

    /// <summary>The snapshot's time; null for the start of the run.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The parent snapshot by the start of its id; null for the latest of the same host and paths.</summary>
    public string? ParentId { get; init; }

    /// <summary>The tag of backups that may be the parent, whatever their paths; null to go by paths. Where no backup of this
    /// host has it, paths count after all.</summary>
    public string? ParentTag { get; init; }

    /// <summary>The tag of backups that are never the parent, such as those of a database's log; null for none.</summary>
    public string? NeverParentTag { get; init; }

    /// <summary>True for a full backup: every file is read, whatever the parent says.</summary>
    public bool ReadEverything { get; init; }

    /// <summary>True to record access times, which reading changes; else the modification time stands in their place.
    /// </summary>
    public bool RecordAccessTime { get; init; }

    /// <summary>How long to wait while somebody else holds a conflicting lock.</summary>
    public TimeSpan LockWait { get; init; }
}
