using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Databases.Logs;

/// <summary>Puts together what a repository has of a log.</summary>
public static class LogCoverageBuilder
{
    /// <summary>The files of backups of the log, and those whose pieces are there.</summary>
    /// <param name="stored">Files of backups of the log.</param>
    /// <param name="pieces">Pieces, in any order; they may overlap, and repeat what backups have.</param>
    public static LogCoverage Build(IEnumerable<LogFile> stored, IEnumerable<LogPiece> pieces)
    {
        Dictionary<string, LogFile> files = new(StringComparer.Ordinal);
        foreach (LogFile file in stored)
        {
            files[file.Name] = files.TryGetValue(file.Name, out LogFile? other) && other.End - other.Start >= file.End - file.Start
                ? other
                : file;
        }

        foreach (IGrouping<string, LogPiece> group in pieces.GroupBy(static piece => piece.File, StringComparer.Ordinal))
        {
            LogFile streamed = Join(group.Key, group);
            files[group.Key] = !files.TryGetValue(group.Key, out LogFile? file) || (streamed.Start <= file.Start && streamed.End > file.End)
                ? streamed
                : file;
        }

        return new LogCoverage([.. files.Values.OrderBy(static file => file.Name, StringComparer.Ordinal)]);
    }

    /// <summary>The pieces that make up the first run of a file without a hole, in order, without those that others hold.
    /// </summary>
    public static IReadOnlyList<LogPiece> FirstRun(IEnumerable<LogPiece> pieces)
    {
        List<LogPiece> run = [];
        foreach (LogPiece piece in pieces.OrderBy(static piece => piece.Offset).ThenByDescending(static piece => piece.Length))
        {
            if (run.Count > 0 && piece.Offset > run[^1].End)
            {
                break;
            }

            // Marks without bytes count for their time.
            if (run.Count == 0 || piece.End > run[^1].End || (piece.Length == 0 && piece.Offset == run[^1].End))
            {
                run.Add(piece);
            }
        }

        return run;
    }

    private static LogFile Join(string name, IEnumerable<LogPiece> pieces)
    {
        IReadOnlyList<LogPiece> run = FirstRun(pieces);
        return new LogFile(
            name, run[0].Offset, run.Max(static piece => piece.End), run.Max(static piece => piece.Until));
    }
}
