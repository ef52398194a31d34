using System;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Restore;

/// <summary>What to restore, and where to.</summary>
public sealed record RestoreOptions
{
    /// <summary>The backup.</summary>
    public required Snapshot Snapshot { get; init; }

    /// <summary>The absolute path of the folder that gets <c>/var/www/shop/x</c> as <c>var/www/shop/x</c>.</summary>
    public required string Destination { get; init; }

    /// <summary>What of it is wanted.</summary>
    public PathSelection Selection { get; init; } = PathSelection.All;

    /// <summary>What happens to files that are there already.</summary>
    public OverwriteMode Overwrite { get; init; }

    /// <summary>True to remove from restored directories what the backup does not have in them.</summary>
    public bool DeleteExtra { get; init; }

    /// <summary>True to read every restored file again and compare it with the backup.</summary>
    public bool Verify { get; init; }

    /// <summary>How packs that lie in an archive are thawed; null to fail with <c>ObjectArchived</c>, before anything is
    /// written, if one does.</summary>
    public ThawOptions? Thaw { get; init; }

    /// <summary>How long to wait while somebody else holds a conflicting lock.</summary>
    public TimeSpan LockWait { get; init; }
}
