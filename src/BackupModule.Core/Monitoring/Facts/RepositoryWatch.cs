using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Replication;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>What is known of a repository.</summary>
public sealed record RepositoryWatch
{
    /// <summary>Its registration.</summary>
    public required RegisteredRepository Registration { get; init; }

    /// <summary>The last event of each kind.</summary>
    public IReadOnlyList<RepositoryFact> Facts { get; init; } = [];

    /// <summary>The room where it lies; null where that is not known.</summary>
    public VolumeSpace? Space { get; init; }

    /// <summary>The runs of all policies that worked in it, the newest first.</summary>
    public IReadOnlyList<RunRecord> Runs { get; init; } = [];

    /// <summary>Its registered name.</summary>
    public string Name => Registration.Name;

    /// <summary>The last event of the kind; null if there was none.</summary>
    public RepositoryFact? Last(RepositoryFactKind kind) => Facts.FirstOrDefault(fact => fact.Kind == kind);
}
