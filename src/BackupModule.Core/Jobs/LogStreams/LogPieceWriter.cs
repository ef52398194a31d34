using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Recovery;

namespace BackupModule.Core.Jobs.LogStreams;

/// <summary>Stores a streamed log as pieces: what came within an interval is one piece, and a piece never spans files. One
/// piece is stored at a time, in order, so that what is durable never has a hole.</summary>
/// <param name="history">What the repository has, when the stream begins.</param>
/// <param name="databaseName">The database.</param>
/// <param name="streamId">See <see cref="ILogSink.StreamId"/>.</param>
/// <param name="interval">How long bytes are gathered: with the time that storing takes, what a failure of the server can cost.
/// </param>
/// <param name="report">Hears how the stream stands.</param>
/// <param name="time">The clock.</param>
internal sealed class LogPieceWriter(
    DatabaseHistory history,
    string databaseName,
    string streamId,
    TimeSpan interval,
    LogStreamReport report,
    TimeProvider time) : ILogSink, IDisposable
{
    private const int MaxPiece = 16 * 1024 * 1024;
    private const int MaxWaiting = 4;

    // How often it is noted that nothing more came.
    private static readonly TimeSpan s_markInterval = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Queue<Pending> _waiting = new();
    private readonly SemaphoreSlim _room = new(MaxWaiting, MaxWaiting);
    private readonly SemaphoreSlim _full = new(0);
    private LogStore? _store;
    private Pending? _open;
    private LogPiece? _lastMark;

    // What came, and where the next bytes belong if that is known; and the moment that is durable, null with no log at all.
    private DateTimeOffset _until;
    private LogPosition? _next;
    private DateTimeOffset? _durableUntil;
    private bool _isMarked;

    /// <inheritdoc/>
    public string StreamId => streamId;

    /// <inheritdoc/>
    public LogPosition? Durable { get; private set; }

    /// <inheritdoc/>
    public async Task<LogCoverage> OpenAsync(string sourceId, CancellationToken cancellationToken)
    {
        LogStore store = history.PiecesOf(databaseName, sourceId);
        LogCoverage coverage = await history.ReadCoverageAsync(databaseName, sourceId, cancellationToken).ConfigureAwait(false);
        _store = store;
        _durableUntil = coverage.Files.Count > 0 ? coverage.Files.Max(static file => file.Until) : null;
        report.Opened(sourceId);
        return coverage;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(
        string file, long offset, ReadOnlyMemory<byte> content, DateTimeOffset until, CancellationToken cancellationToken)
    {
        bool hasRoom = false;
        while (!content.IsEmpty)
        {
            if (!hasRoom && !IsOpen())
            {
                await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
                hasRoom = true;
            }

            int count;
            bool isFull;
            lock (_lock)
            {
                if (_open is null)
                {
                    if (!hasRoom)
                    {
                        // It was closed for its age just now; the next one needs room of its own.
                        continue;
                    }

                    _open = new Pending(file, offset, time.GetTimestamp());
                    hasRoom = false;
                }

                if (_open.File != file || _open.End != offset)
                {
                    throw new InvalidOperationException("A log file has to end before the next one begins.");
                }

                count = Math.Min(content.Length, MaxPiece - (int)_open.Content.Length);
                _open.Content.Write(content.Span[..count]);
                _open.Until = until;
                (_until, _next) = (until, null);
                isFull = _open.Content.Length == MaxPiece;
            }

            content = content[count..];
            offset += count;
            report.Received(count, until);
            if (isFull)
            {
                Close(null);
            }
        }
    }

    /// <inheritdoc/>
    public void OnIdle(DateTimeOffset until, LogPosition? next)
    {
        lock (_lock)
        {
            _until = until > _until ? until : _until;
            _next = next;
            if (_open is { } open)
            {
                // All that there is came before or with what is being gathered.
                open.Until = _until;
            }
        }

        report.Idle(until);
    }

    /// <inheritdoc/>
    public ValueTask EndFileAsync(string file, CancellationToken cancellationToken)
    {
        Close(file);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void OnServer(LogServerState state) => report.Server(state);

    /// <summary>Stores what comes, until it is stopped; what has come by then is stored, too.</summary>
    /// <exception cref="BackupException">Storing failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _full.WaitAsync(interval / 4, cancellationToken).ConfigureAwait(false);
                CloseOld();
                await StoreWaitingAsync(cancellationToken).ConfigureAwait(false);
                await MarkAsync(_isMarked ? s_markInterval : interval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30), time);
            Close(null);
            await StoreWaitingAsync(limit.Token).ConfigureAwait(false);
            await MarkAsync(TimeSpan.Zero, limit.Token).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _room.Dispose();
        _full.Dispose();
    }

    private bool IsOpen()
    {
        lock (_lock)
        {
            return _open is not null;
        }
    }

    private void Close(string? file)
    {
        lock (_lock)
        {
            if (_open is { } open && (file is null || open.File == file))
            {
                _waiting.Enqueue(open);
                _open = null;
                _full.Release();
            }
        }
    }

    private void CloseOld()
    {
        bool isOld;
        lock (_lock)
        {
            isOld = _open is { } open && time.GetElapsedTime(open.Begun) >= interval;
        }

        if (isOld)
        {
            Close(null);
        }
    }

    private async Task StoreWaitingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Pending? next;
            lock (_lock)
            {
                if (!_waiting.TryPeek(out next))
                {
                    return;
                }
            }

            ReadOnlyMemory<byte> content = next.Content.GetBuffer().AsMemory(0, (int)next.Content.Length);
            LogPiece piece = new(next.File, next.Offset, content.Length, next.Until);
            await _store!.PutAsync(piece, content, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                _waiting.Dequeue();
            }

            Durable = new LogPosition(piece.File, piece.End);
            (_durableUntil, _isMarked) = (piece.Until, false);
            _room.Release();
            report.Stored(piece);
        }
    }

    // Says that nothing more came, so that later moments can be reached although nothing was written.
    private async Task MarkAsync(TimeSpan atLeast, CancellationToken cancellationToken)
    {
        LogPiece mark;
        lock (_lock)
        {
            if (_open is not null || _waiting.Count > 0 || (_next ?? Durable) is not { } place
                || _durableUntil is not { } known || _until <= known || _until - known < atLeast)
            {
                return;
            }

            mark = new LogPiece(place.File, place.End, 0, _until);
        }

        await _store!.PutAsync(mark, ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        if (_lastMark is { } before)
        {
            await _store.RemoveAsync(before, cancellationToken).ConfigureAwait(false);
        }

        (_lastMark, _durableUntil, _isMarked) = (mark, mark.Until, true);
        report.Stored(mark);
    }

    private sealed class Pending(string file, long offset, long begun)
    {
        public string File => file;

        public long Offset => offset;

        public long Begun => begun;

        public MemoryStream Content { get; } = new();

        public long End => offset + Content.Length;

        public DateTimeOffset Until { get; set; }
    }
}
