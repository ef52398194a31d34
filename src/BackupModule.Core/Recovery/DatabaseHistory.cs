using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
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
    private readonly IBackupObserver _observer;
    private readonly HashSet<ObjectId> _read = [];
    private readonly List<DatabaseBackup> _backups = [];
    private readonly List<StoredLog> _logs = [];

    private DatabaseHistory(Repository repository, string policyName, IBackupObserver observer)
    {
        _repository = repository;
        _observer = observer;
        PolicyName = policyName;
    }

    /// <summary>The policy.</summary>
    public string PolicyName { get; }

    /// <summary>Names of the databases, in alphabetical order.</summary>
    public IReadOnlyList<string> DatabaseNames =>
        [.. _backups.Select(static backup => backup.Facts.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Reads the manifests of all backups of a policy. One that cannot be read is reported and passed over.</summary>
    public static async Task<DatabaseHistory> ReadAsync(
        Repository repository, string policyName, IBackupObserver observer, CancellationToken cancellationToken)
    {
        DatabaseHistory history = new(repository, policyName, observer);
        await history.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return history;
    }

    /// <summary>Reads the manifests of backups that were made meanwhile.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> all = await _repository.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        Snapshot[] unread = [.. all.Where(snapshot =>
            PolicyName.Equals(BackupTags.FindPolicy(snapshot.Tags), StringComparison.OrdinalIgnoreCase) && _read.Add(snapshot.Id))];
        if (unread.Length == 0)
        {
            return;
        }

        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        ConcurrentBag<(Snapshot Snapshot, BackupManifest Manifest)> read = [];
        await Parallel.ForEachAsync(
            unread,
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (snapshot, token) =>
            {
                try
                {
                    read.Add((snapshot, await ManifestReader.ReadAsync(_repository, snapshot, token).ConfigureAwait(false)));
                }
                catch (BackupException failure)
                {
                    _observer.OnItemFailed(failure);
                }
            }).ConfigureAwait(false);
        _backups.AddRange(read.SelectMany(static item =>
            item.Manifest.Databases.Select(facts => new DatabaseBackup(item.Snapshot, facts))));
        _backups.Sort(static (one, other) => one.Facts.ConsistentAt.CompareTo(other.Facts.ConsistentAt));
        _logs.AddRange(read.Where(static item => item.Manifest.Log is not null)
            .Select(static item => new StoredLog(item.Snapshot, item.Manifest.Log!)));
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
        string databaseName, string sourceId, CancellationToken cancellationToken)
    {
        IReadOnlyList<LogPiece> pieces = await ListPiecesAsync(databaseName, sourceId, cancellationToken).ConfigureAwait(false);
        return LogCoverageBuilder.Build(LogsOf(databaseName, sourceId).SelectMany(static log => log.Facts.Files), pieces);
    }

    /// <summary>The pieces of a server's log. What left them for a backup of the log meanwhile is among <see cref="LogsOf"/>: the
    /// pieces are listed first, and go only when the backup is there.</summary>
    public async Task<IReadOnlyList<LogPiece>> ListPiecesAsync(
        string databaseName, string sourceId, CancellationToken cancellationToken)
    {
        IReadOnlyList<LogPiece> pieces = await PiecesOf(databaseName, sourceId).ListAsync(cancellationToken).ConfigureAwait(false);
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return pieces;
    }

    /// <summary>The pieces of a server's log that no backup of the log has taken yet.</summary>
    public LogStore PiecesOf(string databaseName, string sourceId) => new(_repository, PolicyName, databaseName, sourceId);

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
