using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Recovery;

/// <summary>What a repository has of a policy's databases: their backups, and the logs that follow them.</summary>
public sealed class DatabaseHistory
{
    private const int ReadsAtOnce = 8;

    private readonly Repository _repository;
    private readonly string _policyName;
    private readonly IReadOnlyList<DatabaseBackup> _backups;
    private readonly IReadOnlyList<StoredLog> _logs;

    private DatabaseHistory(
        Repository repository,
        string policyName,
        IReadOnlyList<DatabaseBackup> backups,
        IReadOnlyList<StoredLog> logs)
    {
        _repository = repository;
        _policyName = policyName;
        _backups = backups;
        _logs = logs;
    }

    /// <summary>The policy.</summary>
    public string PolicyName => _policyName;

    /// <summary>Names of the databases, in alphabetical order.</summary>
    public IReadOnlyList<string> DatabaseNames =>
        [.. _backups.Select(static backup => backup.Facts.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Reads the manifests of all backups of a policy. One that cannot be read is reported and passed over.</summary>
    public static async Task<DatabaseHistory> ReadAsync(
        Repository repository, string policyName, IBackupObserver observer, CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> all = await repository.Snapshots
            .ListAsync(observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        ConcurrentBag<(Snapshot Snapshot, BackupManifest Manifest)> read = [];
        await repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        await Parallel.ForEachAsync(
            all.Where(snapshot => policyName.Equals(BackupTags.FindPolicy(snapshot.Tags), StringComparison.OrdinalIgnoreCase)),
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (snapshot, token) =>
            {
                try
                {
                    read.Add((snapshot, await ManifestReader.ReadAsync(repository, snapshot, token).ConfigureAwait(false)));
                }
                catch (BackupException failure)
                {
                    observer.OnItemFailed(failure);
                }
            }).ConfigureAwait(false);
        return new DatabaseHistory(
            repository,
            policyName,
            [.. read.SelectMany(static item => item.Manifest.Databases.Select(facts => new DatabaseBackup(item.Snapshot, facts)))
                .OrderBy(static backup => backup.Facts.ConsistentAt)],
            [.. read.Where(static item => item.Manifest.Log is not null)
                .Select(static item => new StoredLog(item.Snapshot, item.Manifest.Log!))]);
    }

    /// <summary>The backups of a database, the oldest first.</summary>
    public IReadOnlyList<DatabaseBackup> BackupsOf(string databaseName) =>
        [.. _backups.Where(backup => IsNamed(backup.Facts.Name, databaseName))];

    /// <summary>The backups of a server's log, as a database.</summary>
    public IReadOnlyList<StoredLog> LogsOf(string databaseName, string sourceId) =>
        [.. _logs.Where(log => IsNamed(log.Facts.DatabaseName, databaseName) && log.Facts.SourceId == sourceId)];

    /// <summary>The log that follows a backup.</summary>
    public async Task<LogCoverage> ReadCoverageAsync(DatabaseFacts backup, CancellationToken cancellationToken) =>
        backup.SourceId is { } source
            ? await ReadCoverageAsync(backup.Name, source, cancellationToken).ConfigureAwait(false)
            : LogCoverage.Empty;

    /// <summary>The log of a server.</summary>
    public async Task<LogCoverage> ReadCoverageAsync(
        string databaseName, string sourceId, CancellationToken cancellationToken) => LogCoverageBuilder.Build(
        LogsOf(databaseName, sourceId).SelectMany(static log => log.Facts.Files),
        await PiecesOf(databaseName, sourceId).ListAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The pieces of a server's log that no backup of the log has taken yet.</summary>
    public LogStore PiecesOf(string databaseName, string sourceId) => new(_repository, _policyName, databaseName, sourceId);

    /// <summary>The moments that each backup of a database can be recovered to, the oldest backup first.</summary>
    public async Task<IReadOnlyList<(DatabaseBackup Backup, RecoveryReach Reach)>> FindReachesAsync(
        string databaseName, CancellationToken cancellationToken)
    {
        Dictionary<string, LogCoverage> coverages = [];
        List<(DatabaseBackup, RecoveryReach)> reaches = [];
        foreach (DatabaseBackup backup in BackupsOf(databaseName))
        {
            LogCoverage coverage = LogCoverage.Empty;
            if (backup.Facts.SourceId is { } source && !coverages.TryGetValue(source, out coverage!))
            {
                coverages[source] = coverage = await ReadCoverageAsync(backup.Facts, cancellationToken).ConfigureAwait(false);
            }

            reaches.Add((backup, ReachOf(backup.Facts, coverage)));
        }

        return reaches;
    }

    /// <summary>The moments that a backup can be recovered to.</summary>
    public static RecoveryReach ReachOf(DatabaseFacts facts, LogCoverage logs) =>
        DatabaseEngines.Of(facts.Engine) is ILogSource source && facts.SourceId is not null
            ? source.FindReach(facts, logs)
            : new RecoveryReach(facts.ConsistentAt, string.Empty, facts.ConsistentAt, string.Empty, Hole: null);

    private static bool IsNamed(string name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
