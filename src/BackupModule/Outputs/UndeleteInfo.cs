using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Maintenance;

namespace BackupModule.Outputs;

/// <summary>What <c>Repair-BackupRepository -Undelete</c> brought back, or with <c>-WhatIf</c> would bring back.</summary>
public sealed record UndeleteInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The files that were hidden or overwritten, as the store names them.</summary>
    public required string[] File { get; init; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Files that could not be brought back.</summary>
    public string[] Failed { get; init; } = [];

    /// <summary>Hidden files that were removed by this module, and stay removed. A plan has them in
    /// <see cref="File"/> while config or keys are hidden.</summary>
    public string[] LeftRemoved { get; init; } = [];

    internal static UndeleteInfo From(UndeleteResult result, string repositoryName) =>
        From(result.Restored, repositoryName) with
        {
            Failed = [.. result.Failed],
            LeftRemoved = [.. result.LeftRemoved],
        };

    internal static UndeleteInfo From(IReadOnlyList<HiddenObject> files, string repositoryName) => new()
    {
        RepositoryName = repositoryName,
        File = [.. files.Select(static file => file.Key)],
        Bytes = files.Sum(static file => file.Size),
    };
}
