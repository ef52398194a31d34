using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Protection;

/// <summary>
/// What is known of the locks on a repository's files, from the records in <c>backupmodule/protection/</c>. It only saves
/// asking the store: what it does not know is asked for, and losing it loses no protection. Locks can only become longer,
/// so that of several facts about a file the latest end is the one that holds.
/// </summary>
public sealed class ProtectionLedger
{
    private const string RecordName = "protection";

    // Every backup adds a record and reads them all.
    private const int MostRecords = 16;

    private readonly RecordStore _records;
    private readonly List<ObjectId> _read = [];
    private readonly Dictionary<ObjectId, DateTimeOffset> _locked = [];
    private readonly Dictionary<ObjectId, DateTimeOffset> _protected = [];
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);

    private ProtectionLedger(RecordStore records) => _records = records;

    /// <summary>The store keys of files that were removed while they were locked, and are only hidden.</summary>
    public IReadOnlyCollection<string> Hidden => _hidden;

    /// <summary>Until when all that a snapshot needs is locked, for the snapshots of which that was established.</summary>
    public IReadOnlyDictionary<ObjectId, DateTimeOffset> Protected => _protected;

    /// <summary>Reads the ledger; records that cannot be read are passed over.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public static async Task<ProtectionLedger> LoadAsync(
        Repository repository, IBackupObserver observer, CancellationToken cancellationToken)
    {
        ProtectionLedger ledger = new(new RecordStore(repository, RecordName));
        foreach ((ObjectId id, ProtectionRecord record) in await ledger._records
            .ReadAllAsync(ProtectionRecord.Decode, observer, cancellationToken).ConfigureAwait(false))
        {
            ledger._read.Add(id);
            ledger.Add(record);
        }

        return ledger;
    }

    /// <summary>Remembers which files were hidden instead of removed, so that they are removed when their locks end and
    /// are not brought back. Does nothing where there are none.</summary>
    public static async Task RecordHiddenAsync(Repository repository, CancellationToken cancellationToken)
    {
        ProtectionRecord record = new() { Hidden = repository.Files.TakeHidden() };
        if (!record.IsEmpty)
        {
            await new RecordStore(repository, RecordName).AppendAsync(record.Encode(), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The time until which the file is known to be locked; null if nothing is known.</summary>
    public DateTimeOffset? LockedUntil(ObjectId file) =>
        _locked.TryGetValue(file, out DateTimeOffset until) ? until : null;

    /// <summary>The time until which all that the snapshot needs is locked; null if that was not established.</summary>
    public DateTimeOffset? ProtectedUntil(ObjectId snapshot) =>
        _protected.TryGetValue(snapshot, out DateTimeOffset until) ? until : null;

    /// <summary>Adds what a run learned. Many records are merged into one.</summary>
    internal async Task AppendAsync(ProtectionRecord record, CancellationToken cancellationToken)
    {
        if (record.IsEmpty)
        {
            return;
        }

        Add(record);
        if (_read.Count < MostRecords)
        {
            _read.Add(await _records.AppendAsync(record.Encode(), cancellationToken).ConfigureAwait(false));
        }
        else
        {
            await MergeAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets what no longer matters: locks that have ended, snapshots and hidden files that are gone.</summary>
    /// <param name="snapshots">The snapshots that there are.</param>
    /// <param name="hidden">The files that are still hidden.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal async Task TidyAsync(
        IEnumerable<ObjectId> snapshots,
        IReadOnlyCollection<string> hidden,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (_read.Count == 0)
        {
            return;
        }

        HashSet<ObjectId> present = [.. snapshots];
        foreach (ObjectId ended in _locked.Where(pair => pair.Value <= now).Select(static pair => pair.Key).ToList())
        {
            _locked.Remove(ended);
        }

        foreach (ObjectId gone in _protected.Keys.Where(id => !present.Contains(id)).ToList())
        {
            _protected.Remove(gone);
        }

        _hidden.IntersectWith(hidden);
        await MergeAsync(cancellationToken).ConfigureAwait(false);
    }

    // The merged record is stored before the others go; whoever reads meanwhile may know less, which is safe.
    private async Task MergeAsync(CancellationToken cancellationToken)
    {
        ProtectionRecord merged = new() { LockedUntil = _locked, ProtectedUntil = _protected, Hidden = _hidden };
        ObjectId id = await _records.AppendAsync(merged.Encode(), cancellationToken).ConfigureAwait(false);
        foreach (ObjectId old in _read)
        {
            await _records.RemoveAsync(old, cancellationToken).ConfigureAwait(false);
        }

        _read.Clear();
        _read.Add(id);
    }

    private void Add(ProtectionRecord record)
    {
        Raise(_locked, record.LockedUntil);
        Raise(_protected, record.ProtectedUntil);
        _hidden.UnionWith(record.Hidden);
    }

    private static void Raise(
        Dictionary<ObjectId, DateTimeOffset> known, IReadOnlyDictionary<ObjectId, DateTimeOffset> facts)
    {
        foreach ((ObjectId id, DateTimeOffset until) in facts)
        {
            known[id] = known.TryGetValue(id, out DateTimeOffset before) && before > until ? before : until;
        }
    }
}
