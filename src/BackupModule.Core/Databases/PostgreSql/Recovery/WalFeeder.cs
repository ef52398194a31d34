using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Wal;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>
/// Hands a recovering server the files of its log, as it asks for them. The server runs a small script for each file; the
/// script asks by a file's name, and what is answered is moved to where the server wants it. The next segments are fetched
/// before they are asked for.
/// </summary>
/// <remarks>The end of the log and a hole in it are told apart: for the end the script exits with 1, and recovery ends; for a
/// hole with 200, which the server takes for a failure, so that nothing is opened with data missing.</remarks>
internal sealed class WalFeeder
{
    /// <summary>The script's name in the folder.</summary>
    public const string Script = "fetch";

    private const int SegmentsAhead = 4;
    private const string Asked = "asked";
    private const string Ready = "ready";
    private const string None = "none";
    private const string Hole = "hole";

    private const string ScriptText =
        """
        #!/bin/sh
        # Gets a file of the log for a recovering server: fetch NAME PATH
        # Exits with 1 where the log ends, with 200 where it has a hole, with 201 where nobody answers.
        d=$(dirname "$0")
        : > "$d/asked/$1" || exit 201
        tries=0
        while [ $tries -lt 30000 ]; do
          if [ -e "$d/ready/$1" ]; then mv -f "$d/ready/$1" "$2" && exit 0; exit 201; fi
          if [ -e "$d/none/$1" ]; then rm -f "$d/none/$1"; exit 1; fi
          if [ -e "$d/hole/$1" ]; then exit 200; fi
          tries=$((tries + 1))
          if [ $((tries % 50)) = 0 ]; then : > "$d/asked/$1"; fi
          sleep 0.02
        done
        exit 201
        """;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    private readonly string _folder;
    private readonly IDatabaseContent _content;
    private readonly ServerPrograms _programs;
    private readonly WalCoverage _coverage;
    private readonly int _segmentSize;
    private readonly WalFileName _first;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _prefetched = new(StringComparer.Ordinal);

    private WalFeeder(string folder, IDatabaseContent content, ServerPrograms programs, TimeProvider time)
    {
        PostgreSqlFacts facts = content.Facts.PostgreSql!;
        _folder = folder;
        _content = content;
        _programs = programs;
        _segmentSize = facts.WalSegmentSize;
        _first = WalFileName.Of(facts.Timeline, new Lsn(Lsn.Parse(facts.EndLsn).Value - 1), _segmentSize);
        _coverage = new WalCoverage(content.Logs, _segmentSize);
        _time = time;
    }

    /// <summary>The first file that was asked for and is missing although there is later log; null if there was none.</summary>
    public string? MissingFile { get; private set; }

    /// <summary>Files that were handed over.</summary>
    public int Served { get; private set; }

    // Lets the log end where it has a hole: for a moment that lies before the hole.
    private bool EndsAtHole { get; init; }

    /// <summary>Makes the script and its folders.</summary>
    public static WalFeeder Prepare(
        string folder, IDatabaseContent content, ServerPrograms programs, bool endsAtHole, TimeProvider time)
    {
        foreach (string name in (string[])[Asked, Ready, None, Hole])
        {
            Directory.CreateDirectory(Path.Join(folder, name));
        }

        string script = Path.Join(folder, Script);
        File.WriteAllText(script, ScriptText + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new WalFeeder(folder, content, programs, time) { EndsAtHole = endsAtHole };
    }

    /// <summary>Answers until it is stopped.</summary>
    /// <exception cref="BackupException">A file that is there cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            string[] asked = [.. Directory.EnumerateFiles(Path.Join(_folder, Asked)).Select(static path => Path.GetFileName(path)!)];
            foreach (string name in asked)
            {
                // Before the answer: who asks again meanwhile is heard.
                File.Delete(Path.Join(_folder, Asked, name));
                await AnswerAsync(name, cancellationToken).ConfigureAwait(false);
                await FetchAheadAsync(name, cancellationToken).ConfigureAwait(false);
            }

            if (asked.Length == 0)
            {
                await Task.Delay(s_interval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AnswerAsync(string name, CancellationToken cancellationToken)
    {
        if (_prefetched.Remove(name))
        {
            // The script found it at once, or is about to.
            Served++;
        }
        else if (IsThere(name))
        {
            await FetchAsync(name, cancellationToken).ConfigureAwait(false);
            Served++;
        }
        else if (!EndsAtHole && IsInHole(name))
        {
            MissingFile ??= name;
            await CreateAsync(Hole, name, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await CreateAsync(None, name, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsThere(string name)
    {
        if (!WalFileName.TryParse(name, _segmentSize, out WalFileName segment))
        {
            return WalFileName.TryParseHistory(name, out _) && _content.Logs.Find(name) is not null;
        }

        // A segment that is not full is the end of its timeline, or there is a hole in it.
        return _coverage.Find(segment) is { } file && (file.End == _segmentSize || !_coverage.HasAfter(segment));
    }

    // Of what comes before its own end, the backup has the log itself.
    private bool IsInHole(string name) =>
        WalFileName.TryParse(name, _segmentSize, out WalFileName segment)
        && _coverage.HasAfter(segment)
        && (_coverage.HasBefore(segment) || (segment.Timeline == _first.Timeline && segment.Number >= _first.Number));

    private async Task FetchAheadAsync(string name, CancellationToken cancellationToken)
    {
        if (!WalFileName.TryParse(name, _segmentSize, out WalFileName segment))
        {
            return;
        }

        for (int i = 0; i < SegmentsAhead; i++)
        {
            segment = segment.Next();
            string next = segment.ToString(_segmentSize);
            if (!IsThere(next) || _prefetched.Contains(next))
            {
                continue;
            }

            if (Directory.EnumerateFiles(Path.Join(_folder, Asked)).Any())
            {
                return;
            }

            await FetchAsync(next, cancellationToken).ConfigureAwait(false);
            _prefetched.Add(next);
        }
    }

    private async Task FetchAsync(string name, CancellationToken cancellationToken)
    {
        string partial = Path.Join(_folder, name);
        FileStream file = new(partial, FileMode.Create, FileAccess.Write);
        await using (file.ConfigureAwait(false))
        {
            await _content.CopyLogAsync(name, file, cancellationToken).ConfigureAwait(false);
            if (WalFileName.TryParse(name, _segmentSize, out _))
            {
                // The server wants whole segments; zeros are where its log ends.
                file.SetLength(_segmentSize);
            }
        }

        await _programs.GiveAsync([partial], cancellationToken).ConfigureAwait(false);
        File.Move(partial, Path.Join(_folder, Ready, name), overwrite: true);
    }

    private async Task CreateAsync(string answer, string name, CancellationToken cancellationToken)
    {
        string partial = Path.Join(_folder, name);
        await File.WriteAllBytesAsync(partial, [], cancellationToken).ConfigureAwait(false);
        await _programs.GiveAsync([partial], cancellationToken).ConfigureAwait(false);
        File.Move(partial, Path.Join(_folder, answer, name), overwrite: true);
    }
}
