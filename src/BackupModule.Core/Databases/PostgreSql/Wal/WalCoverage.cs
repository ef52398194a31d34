using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>The write-ahead log that a repository has, by timelines and segments.</summary>
/// <param name="logs">The log files.</param>
/// <param name="segmentSize">The size of a segment in bytes.</param>
internal sealed class WalCoverage(LogCoverage logs, int segmentSize)
{
    private readonly SortedDictionary<uint, SortedDictionary<ulong, LogFile>> _timelines = Sort(logs, segmentSize);

    /// <summary>The end of the newest timeline's log, where a stream goes on; null where there is none.</summary>
    public (uint Timeline, Lsn Lsn)? FindEnd()
    {
        if (_timelines.Count == 0)
        {
            return null;
        }

        (uint timeline, SortedDictionary<ulong, LogFile> segments) = _timelines.Last();
        (ulong number, LogFile last) = segments.Last();

        // What was streamed of a segment begins at its start, but for one whose first pieces were lost.
        long end = last.Start == 0 ? last.End : 0;
        return (timeline, new Lsn((number * (ulong)segmentSize) + (ulong)end));
    }

    /// <summary>The segment, if anything of it is there from its start on.</summary>
    public LogFile? Find(WalFileName file) =>
        _timelines.TryGetValue(file.Timeline, out SortedDictionary<ulong, LogFile>? segments)
        && segments.TryGetValue(file.Number, out LogFile? found) && found.Start == 0
            ? found
            : null;

    /// <summary>True if a later segment of the timeline is there.</summary>
    public bool HasAfter(WalFileName file) =>
        _timelines.TryGetValue(file.Timeline, out SortedDictionary<ulong, LogFile>? segments) && segments.Last().Key > file.Number;

    /// <summary>True if an earlier segment of the timeline is there.</summary>
    public bool HasBefore(WalFileName file) =>
        _timelines.TryGetValue(file.Timeline, out SortedDictionary<ulong, LogFile>? segments) && segments.First().Key < file.Number;

    /// <summary>The first segment after a missing one.</summary>
    public LogFile? FindNext(WalFileName file) =>
        _timelines.TryGetValue(file.Timeline, out SortedDictionary<ulong, LogFile>? segments)
            ? segments.FirstOrDefault(segment => segment.Key > file.Number).Value
            : null;

    /// <summary>The timelines that there is log or history of, rising.</summary>
    public IEnumerable<uint> Timelines => _timelines.Keys
        .Concat(logs.Files.Select(static file => WalFileName.TryParseHistory(file.Name, out uint timeline) ? timeline : 0))
        .Where(static timeline => timeline > 0).Distinct().Order();

    private static SortedDictionary<uint, SortedDictionary<ulong, LogFile>> Sort(LogCoverage logs, int segmentSize)
    {
        SortedDictionary<uint, SortedDictionary<ulong, LogFile>> timelines = [];
        foreach (LogFile file in logs.Files)
        {
            if (WalFileName.TryParse(file.Name, segmentSize, out WalFileName name))
            {
                if (!timelines.TryGetValue(name.Timeline, out SortedDictionary<ulong, LogFile>? segments))
                {
                    timelines.Add(name.Timeline, segments = []);
                }

                segments[name.Number] = file;
            }
        }

        return timelines;
    }
}
