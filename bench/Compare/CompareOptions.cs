using System.Collections.Generic;

namespace BackupModule.Compare;

/// <summary>What a run is to do.</summary>
internal sealed record CompareOptions
{
    /// <summary>Names of the data sets; empty for all.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>The steps; empty for all. What they need is done too.</summary>
    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>Names of the tools; empty for all.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>How often everything is done.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Part of the full size of the data: above 0, at most 1.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Where data and repositories are.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the reports go.</summary>
    public required string Output { get; init; }

    /// <summary>Path of the console <c>psbackup</c>.</summary>
    public required string Console { get; init; }

    /// <summary>Path of the module's folder.</summary>
    public required string Module { get; init; }
}
