using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Catalog;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;

namespace BackupModule.Outputs;

/// <summary>Registered repositories with what is known of them, and of each set of copies.</summary>
internal sealed class ReplicaView
{
    private const string RemovableDisk = "Removable disk";

    private readonly IReadOnlyList<RegisteredRepository> _all;
    private readonly Dictionary<string, ReplicaFacts> _facts;
    private readonly DateTimeOffset _now;

    public ReplicaView(
        IReadOnlyList<RegisteredRepository> all, ILookup<string, RepositoryFact> facts, DateTimeOffset now)
    {
        _all = all;
        _now = now;
        _facts = all.ToDictionary(
            static repository => repository.Name,
            repository => FactsOf(repository, [.. facts[repository.RepositoryId]]),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A repository, with the score of all that hold the same backups.</summary>
    public BackupRepositoryInfo Describe(RegisteredRepository registered)
    {
        RegisteredRepository root = RootOf(registered);
        ReplicaFacts source = _facts[root.Name];
        ReplicaFacts own = _facts[registered.Name];
        List<ReplicaFacts> copies =
            [.. _all.Where(other => other.Name != root.Name && RootOf(other).Name == root.Name)
                .Select(other => _facts[other.Name])];
        RepositoryFact? synced = own.Last(RepositoryFactKind.Synced);
        DateTimeOffset? newest = new[] { source.NewestBackup, synced?.NewestInSource }.Max();
        return BackupRepositoryInfo.From(registered) with
        {
            CopyOf = registered.CopyOf is null ? null
                : _all.FirstOrDefault(other => other.RepositoryId == registered.CopyOf)?.Name ?? registered.CopyOf,
            NewestBackup = own.NewestBackup,
            LastSync = synced?.At,
            BackupsWaiting = synced?.Waiting,
            Lag = synced is null ? null : newest - own.NewestBackup,
            LastVerified = own.Last(RepositoryFactKind.Verified)?.At,
            VerificationPassed = own.Last(RepositoryFactKind.Verified)?.Passed,
            LastSeen = own.LastSeen,
            Score = ReplicationScore.Of(source, copies, _now),
        };
    }

    private static ReplicaFacts FactsOf(RegisteredRepository repository, IReadOnlyList<RepositoryFact> facts)
    {
        bool isArchive = repository.Role == RepositoryRole.Archive;
        bool isLocal = repository.Provider == nameof(StoreProvider.Local);
        return new ReplicaFacts
        {
            Name = repository.Name,
            Role = repository.Role,
            Place = repository.Place,
            Medium = isArchive && isLocal ? RemovableDisk : repository.Provider,
            AllowedLag = repository.AllowedLag,
            IsConnected = isArchive && isLocal
                ? File.Exists(Path.Combine(repository.Location, RepositoryLayout.ConfigKey))
                : null,
            Facts = facts,
        };
    }

    // Copies of copies count to the first of the chain; a ring ends where it began.
    private RegisteredRepository RootOf(RegisteredRepository repository)
    {
        RegisteredRepository root = repository;
        for (int steps = 0; steps < _all.Count; steps++)
        {
            if (_all.FirstOrDefault(other => other.RepositoryId == root.CopyOf) is not { } next || next == repository)
            {
                break;
            }

            root = next;
        }

        return root;
    }
}
