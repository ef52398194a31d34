using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.SqlServer.Chains;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>A database that is written, backed up by us and by others, and taken back, one thing a minute. Beside every set it
/// keeps what is truly in it, which no header tells.</summary>
internal sealed class SimulatedHistory
{
    private readonly List<(DateTimeOffset At, SimulatedRecord[] Records)> _live = [];
    private List<SimulatedRecord> _records = [];
    private Guid _fork = Guid.NewGuid();
    private Guid? _forkBefore;
    private ulong _forkPoint;
    private ulong _forkBegan = 100;
    private ulong _logTaken = 100;
    private Guid? _differentialBase;
    private int _made;

    /// <summary>Plays one thing a minute.</summary>
    public SimulatedHistory(IEnumerable<int> deeds)
    {
        Play(2);
        foreach (int deed in deeds)
        {
            Play(deed);
        }
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    public List<SimulatedSet> Sets { get; } = [];

    private ulong Next => _records.Count > 0 ? _records[^1].Lsn + 1 : 100;

    /// <summary>What was in the database at a moment.</summary>
    public SimulatedRecord[] TruthAt(DateTimeOffset moment) => _live.LastOrDefault(state => state.At <= moment).Records ?? [];

    /// <summary>Whether a server that holds what a set brought it to takes a log; it looks at the records themselves.</summary>
    public static bool Takes(SimulatedSet held, SimulatedSet log) =>
        log.Set.First <= held.Set.Last
        && log.Records.TakeWhile(record => record.Lsn < (ulong)held.Set.Last.Value).SequenceEqual(held.Records);

    /// <summary>What a set holds of a moment.</summary>
    public static IEnumerable<SimulatedRecord> At(SimulatedSet set, DateTimeOffset moment) =>
        set.Records.Where(record => record.At <= moment);

    private void Play(int deed)
    {
        Now = Now.AddMinutes(1);
        switch (deed)
        {
            case 0 or 1:
                _records.Add(new SimulatedRecord(Next, Now, ++_made));
                break;
            case 2:
                _differentialBase = Add(BackupSetType.Full, Next, isHeld: true).Id;
                break;
            case 3:
                Add(BackupSetType.Full, Next, isHeld: true, isCopyOnly: true);
                break;
            case 4:
                _differentialBase = Add(BackupSetType.Full, Next, isHeld: false).Id;
                break;
            case 5 when _differentialBase is not null:
                Add(BackupSetType.Differential, Next, isHeld: true);
                break;
            case 6 or 7:
                TakeLog(isHeld: true);
                break;
            case 8:
                TakeLog(isHeld: false);
                break;
            case 9 when _forkBefore is null && _records.Count > 1:
                TakeBack();
                break;
        }

        _live.Add((Now, [.. _records]));
    }

    private void TakeLog(bool isHeld)
    {
        Add(BackupSetType.Log, _logTaken, isHeld);
        _logTaken = Next;
        _forkBefore = null;
    }

    /// <summary>Restores the database to an earlier record of its fork. Its log goes on from the last backup of the log before
    /// that record.</summary>
    private void TakeBack()
    {
        int kept = _made % _records.Count;
        ulong point = kept == 0 ? 100 : _records[kept - 1].Lsn + 1;
        if (point <= _forkBegan)
        {
            return;
        }

        _records = _records[..kept];
        _forkPoint = point;
        _logTaken = Sets
            .Where(set => set.Set.Type == BackupSetType.Log && set.Set.ForkId == _fork)
            .Select(static set => (ulong)set.Set.Last.Value)
            .Append(_forkBegan)
            .Where(taken => taken >= _forkBegan && taken <= point)
            .Max();
        _forkBegan = point;
        _forkBefore = _fork;
        _fork = Guid.NewGuid();
        _differentialBase = null;
    }

    private BackupSet Add(BackupSetType type, ulong first, bool isHeld, bool isCopyOnly = false)
    {
        bool isCrossing = type == BackupSetType.Log && _forkBefore is not null;
        BackupSet set = new()
        {
            Id = Guid.NewGuid(),
            Type = type,
            Database = "shop",
            First = new LogSequenceNumber(first),
            Last = new LogSequenceNumber(Next),
            DifferentialBaseId = type == BackupSetType.Differential ? _differentialBase : null,
            FirstForkId = isCrossing ? _forkBefore!.Value : _fork,
            ForkId = _fork,
            ForkPoint = isCrossing ? new LogSequenceNumber(_forkPoint) : null,
            StartedAt = Now,
            FinishedAt = Now,
            IsCopyOnly = isCopyOnly,
            StripesHeld = isHeld ? 1 : 0,
        };
        Sets.Add(new SimulatedSet(set, [.. _records]));
        return set;
    }
}

/// <summary>A log record.</summary>
internal sealed record SimulatedRecord(ulong Lsn, DateTimeOffset At, int Number);

/// <summary>A set, and all records of the database until its end.</summary>
internal sealed record SimulatedSet(BackupSet Set, SimulatedRecord[] Records);
