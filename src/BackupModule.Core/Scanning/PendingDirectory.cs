using System.Threading.Tasks;

namespace BackupModule.Core.Scanning;

/// <summary>A directory that a walk will come to.</summary>
internal sealed class PendingDirectory(ScanPlace place)
{
    /// <summary>Where it is.</summary>
    public ScanPlace Place { get; } = place;

    /// <summary>Its listing, once somebody reads it ahead of the walk. Guarded by <see cref="ReadAhead"/>.</summary>
    public Task<DirectoryListing>? Begun { get; set; }

    /// <summary>True once the walk has come to it. Guarded by <see cref="ReadAhead"/>.</summary>
    public bool IsTaken { get; set; }
}
