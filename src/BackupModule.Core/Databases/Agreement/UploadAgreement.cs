using System.Collections.Generic;

namespace BackupModule.Core.Databases.Agreement;

/// <summary>How well the files of a backup and what a database says of them agree.</summary>
public sealed record UploadAgreement
{
    /// <summary>How many paths the database named.</summary>
    public long Uploads { get; init; }

    /// <summary>How many of them are not in the backup.</summary>
    public long Dangling { get; init; }

    /// <summary>The first of those.</summary>
    public IReadOnlyList<string> DanglingPaths { get; init; } = [];

    /// <summary>How many files of the backup below the folder of uploads the database did not name; zero where no folder is
    /// known.</summary>
    public long Orphaned { get; init; }

    /// <summary>The first of those.</summary>
    public IReadOnlyList<string> OrphanedPaths { get; init; } = [];
}
