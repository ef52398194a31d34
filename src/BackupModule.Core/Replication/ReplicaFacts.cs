using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Replication;

/// <summary>What is known of a repository as one of several that hold the same backups.</summary>
public sealed record ReplicaFacts
{
    private static readonly TimeSpan s_usualLag = TimeSpan.FromDays(2);
    private static readonly TimeSpan s_archiveLag = TimeSpan.FromDays(35);

    /// <summary>The registered name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for; null if nobody said.</summary>
    public RepositoryRole? Role { get; init; }

    /// <summary>Where it is, in the words of its owner; null if nobody said.</summary>
    public string? Place { get; init; }

    /// <summary>What keeps it: a provider, or a kind of disk.</summary>
    public required string Medium { get; init; }

    /// <summary>How far it may be behind by its registration; null for the usual.</summary>
    public TimeSpan? AllowedLag { get; init; }

    /// <summary>False if it was looked for just now and is not there; null if nobody looked.</summary>
    public bool? IsConnected { get; init; }

    /// <summary>The last event of each kind.</summary>
    public IReadOnlyList<RepositoryFact> Facts { get; init; } = [];

    /// <summary>The time of the newest backup that it is known to hold; null if none is.</summary>
    public DateTimeOffset? NewestBackup => Facts.Max(static fact => fact.NewestBackup);

    /// <summary>When that backup was last seen in it; null if none was.</summary>
    public DateTimeOffset? NewestBackupSeen => NewestBackup is { } newest
        ? Facts.Where(fact => fact.NewestBackup == newest).Max(static fact => (DateTimeOffset?)fact.At)
        : null;

    /// <summary>When something was last done with it; null if nothing was.</summary>
    public DateTimeOffset? LastSeen => Facts.Max(static fact => (DateTimeOffset?)fact.At);

    /// <summary>How far it may be behind: two days, for an archive five weeks, unless it is registered with another time.
    /// </summary>
    public TimeSpan LagLimit => AllowedLag ?? (Role == RepositoryRole.Archive ? s_archiveLag : s_usualLag);

    /// <summary>The last event of the kind; null if there was none.</summary>
    public RepositoryFact? Last(RepositoryFactKind kind) => Facts.FirstOrDefault(fact => fact.Kind == kind);

    /// <summary>The time of the newest backup that any of them is known to hold or was compared with.</summary>
    internal static DateTimeOffset? NewestOf(IEnumerable<ReplicaFacts> replicas) => replicas
        .SelectMany(static replica => replica.Facts)
        .SelectMany(static fact => new[] { fact.NewestBackup, fact.NewestInSource })
        .Max();
}
