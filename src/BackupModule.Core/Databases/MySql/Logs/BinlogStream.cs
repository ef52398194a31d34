using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql.Logs;

/// <summary>
/// Streams binary logs: the server's own program copies them into a private folder as they are written, and their bytes go on
/// from there. A log that has been handed on whole is removed from the folder.
/// </summary>
/// <remarks>The program can begin at the start of a log only. So a stream that goes on in the middle of one reads it again from
/// the server, and passes over what the repository has.</remarks>
internal sealed class BinlogStream(DatabaseAccess access, MySqlServer server, ILogSink sink, IBackupObserver observer)
{
    private const int BlockSize = 1 << 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private readonly byte[] _block = new byte[BlockSize];

    // Ends of the server's log at moments that have not been handed on yet.
    private readonly Queue<(DateTimeOffset At, BinlogName File, long Position)> _marks = new();

    private DateTimeOffset _until = DateTimeOffset.UnixEpoch;
    private BinlogName _file;

    // Of a log that the repository has a part of: a moment at which it was there.
    private DateTimeOffset? _startedBefore;
    private long _end;

    /// <summary>Streams until it is stopped or fails.</summary>
    /// <exception cref="BackupException">See <see cref="ILogSource.StreamLogAsync"/>.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        MySqlSession session = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            await ChooseStartAsync(session, cancellationToken).ConfigureAwait(false);
            using PrivateFolder folder = new();
            ExternalProgram program = Start(folder, session.IsMariaDb);
            await using (program.ConfigureAwait(false))
            {
                while (true)
                {
                    await MarkAsync(session, cancellationToken).ConfigureAwait(false);
                    bool hasEnded = program.HasExited;
                    IReadOnlyList<(string File, long Size)> there = await session.ReadLogsAsync(cancellationToken)
                        .ConfigureAwait(false);
                    bool isIdle = await ForwardAsync(folder, there, cancellationToken).ConfigureAwait(false);
                    if (hasEnded)
                    {
                        await program.WaitAsync(cancellationToken).ConfigureAwait(false);
                        throw Ended(program);
                    }

                    Report(there);
                    if (isIdle)
                    {
                        await Task.Delay(s_pause, access.Time, cancellationToken).ConfigureAwait(false);
                    }
                }
            }
        }
    }

    private async Task ChooseStartAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        if (await session.ReadVariableAsync("log_bin", cancellationToken).ConfigureAwait(false) != "ON")
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The server {server.Address} keeps no binary log.",
                "Set log_bin and server_id in its configuration, restart it, and make a backup.")
            {
                Subject = server.Address,
            };
        }

        LogCoverage coverage = await sink.OpenAsync(
            await session.ReadSourceIdAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(string File, long Size)> there = await session.ReadLogsAsync(cancellationToken).ConfigureAwait(false);
        LogFile? last = coverage.Files.Where(static file => BinlogName.TryParse(file.Name, out _))
            .MaxBy(static file => BinlogName.Parse(file.Name).Number);
        if (last is null)
        {
            // Backups that are there already may begin in any log that the server still has.
            _file = BinlogName.Parse(there[0].File);
            observer.OnDecision($"The stream begins with the oldest log that the server has, {_file}.");
            return;
        }

        _file = BinlogName.Parse(last.Name);
        _until = last.Until;

        // What was streamed of a log begins at its start, but for one whose first pieces were lost.
        _end = last.Start == 0 ? last.End : 0;
        BinlogName newest = BinlogName.Parse(there[^1].File);
        if (newest.Number < _file.Number || newest.Base != _file.Base
            || there.Any(log => log.File == _file.ToString() && log.Size < _end))
        {
            throw BeganAnew();
        }

        if (there.All(log => log.File != _file.ToString()))
        {
            PassHole(there);
            return;
        }

        _startedBefore = _end > 0 ? last.Until : null;
    }

    // The log after the one that is not whole is passed over, too: so the hole shows, since a log counts as whole where the next
    // one is there.
    private void PassHole(IReadOnlyList<(string File, long Size)> there)
    {
        string? next = there.Select(static log => log.File).FirstOrDefault(log => BinlogName.Parse(log).Number > _file.Number + 1);
        BackupException gap = new(
            BackupErrorKind.LogGap,
            $"The log of the server {server.Address} has a hole: the server has removed {_file}, which comes next; its oldest is "
            + $"{there[0].File}.",
            next is null
                ? "Run FLUSH BINARY LOGS on the server; the stream goes on with the next log. Then make a backup."
                : "Make a new backup at once: from there on, moments can be reached again. Let the server keep its logs longer "
                    + "(binlog_expire_logs_seconds).")
        {
            Subject = _file.ToString(),
        };
        if (next is null)
        {
            throw gap;
        }

        observer.OnItemFailed(gap);
        (_file, _end) = (BinlogName.Parse(next), 0);
    }

    private BackupException BeganAnew() => new(
        BackupErrorKind.LogGap,
        $"The binary logs of the server {server.Address} began anew: the repository has {_file} up to {_end}, which the server's log "
        + "of the name does not go on from.",
        $"Let their numbers go on on MariaDB with RESET MASTER TO {_file.Number + 2}, or give the source another name; then make a "
        + "backup.")
    {
        Subject = _file.ToString(),
    };

    private ExternalProgram Start(PrivateFolder folder, bool isMariaDb)
    {
        MySqlTools tools = new(access.Definition.ToolFolder, isMariaDb);

        // The server ends an older stream of the same number: one of this stream that it has not yet noticed the end of.
        uint number = uint.Parse(sink.StreamId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) | 1u << 30;
        return ExternalProgram.StartTied(
            tools.Log,
            [
                MySqlOptionFile.Write(folder, server.Settings, isMariaDb),
                "--read-from-remote-server",
                "--raw",
                "--stop-never",
                isMariaDb ? $"--stop-never-slave-server-id={number}" : $"--connection-server-id={number}",
                $"--result-file={folder.Path}{Path.DirectorySeparatorChar}",
                _file.ToString(),
            ],
            folder);
    }

    // The clock is read first: what is committed until then is before the end that is read afterwards.
    private async Task MarkAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        DateTimeOffset at = await session.ReadClockAsync(cancellationToken).ConfigureAwait(false);
        if (await session.ReadLogEndAsync(cancellationToken).ConfigureAwait(false) is { } end
            && BinlogName.TryParse(end.File, out BinlogName file))
        {
            _marks.Enqueue((at, file, end.Position));
        }
    }

    // False where something was handed on.
    private async Task<bool> ForwardAsync(
        PrivateFolder folder, IReadOnlyList<(string File, long Size)> there, CancellationToken cancellationToken)
    {
        bool isIdle = true;
        while (true)
        {
            bool hasNext = File.Exists(folder[_file.Next.ToString()]);
            isIdle &= await ForwardFileAsync(folder[_file.ToString()], cancellationToken).ConfigureAwait(false);
            if (!hasNext || !IsWhole(there))
            {
                break;
            }

            await sink.EndFileAsync(_file.ToString(), cancellationToken).ConfigureAwait(false);
            File.Delete(folder[_file.ToString()]);
            (_file, _end) = (_file.Next, 0);
        }

        if (isIdle && TakeMarks(_end))
        {
            sink.OnIdle(_until, _end > 0 ? new LogPosition(_file.ToString(), _end) : null);
        }

        return isIdle;
    }

    // The program begins the next log before the last bytes of this one are in their file; the server's size of a log that it has
    // closed says when they are.
    private bool IsWhole(IReadOnlyList<(string File, long Size)> there) =>
        BinlogName.Parse(there[^1].File).Number > _file.Number
        && there.All(log => log.File != _file.ToString() || log.Size <= _end);

    private async Task<bool> ForwardFileAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return true;
        }

        FileStream content = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        await using (content.ConfigureAwait(false))
        {
            if (content.Length <= _end)
            {
                return true;
            }

            await RequireSameLogAsync(content, cancellationToken).ConfigureAwait(false);
            content.Position = _end;
            int read;
            while ((read = await content.ReadAsync(_block, cancellationToken).ConfigureAwait(false)) > 0)
            {
                TakeMarks(_end + read);
                await sink.WriteAsync(_file.ToString(), _end, _block.AsMemory(0, read), _until, cancellationToken)
                    .ConfigureAwait(false);
                _end += read;
            }
        }

        return false;
    }

    // A server whose logs began anew has logs of the old names, made later.
    private async Task RequireSameLogAsync(FileStream content, CancellationToken cancellationToken)
    {
        if (_startedBefore is { } before
            && await BinlogEvents.ReadStartAsync(content, cancellationToken).ConfigureAwait(false) is { } start && start > before)
        {
            throw BeganAnew();
        }

        _startedBefore = null;
    }

    // Moves the moment on that is covered when the current log has been handed on up to an end.
    private bool TakeMarks(long end)
    {
        bool hasMoved = false;
        while (_marks.TryPeek(out (DateTimeOffset At, BinlogName File, long Position) mark)
            && (mark.File.Number < _file.Number || (mark.File == _file && mark.Position <= end)))
        {
            _until = mark.At;
            _marks.Dequeue();
            hasMoved = true;
        }

        return hasMoved;
    }

    private void Report(IReadOnlyList<(string File, long Size)> there)
    {
        (BinlogName file, long end) = sink.Durable is { } durable && BinlogName.TryParse(durable.File, out BinlogName name)
            ? (name, durable.End)
            : (_file, 0);
        long lag = there.Sum(log => BinlogName.TryParse(log.File, out BinlogName other) && other.Number >= file.Number
            ? log.Size - (other == file ? end : 0)
            : 0);
        string? danger = there.Count > 1 && there[0].File == file.ToString()
            ? $"The next log that the server removes is {file}, which is not stored whole yet."
            : null;
        sink.OnServer(new LogServerState($"{there[^1].File}:{there[^1].Size}", Math.Max(0, lag), Danger: danger));
    }

    private BackupException Ended(ExternalProgram program)
    {
        if (program.Complaints.Any(static line => line.Contains("Could not find first log file", StringComparison.Ordinal)))
        {
            return new BackupException(
                BackupErrorKind.LogGap,
                $"The server {server.Address} no longer has the binary log {_file}{program.Said}",
                "Make a backup, from which the log goes on; and let the server keep its logs longer (binlog_expire_logs_seconds).")
            {
                Subject = _file.ToString(),
            };
        }

        return MySqlErrors.Translate(program, server.Address, "ended", BackupErrorKind.DatabaseUnreachable);
    }
}
