using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Recovery.LogStreams;

namespace BackupModule.Core.Jobs.LogStreams;

/// <summary>How a stream stands, gathered from those who work on it.</summary>
internal sealed class LogStreamReport
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<string> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogServerState? _server;
    private LogPiece? _stored;
    private DateTimeOffset? _caughtUp;
    private long _received;
    private long _storedBytes;

    /// <summary>The server that is streamed; null until it has said which it is.</summary>
    public string? SourceId { get; private set; }

    /// <summary>The server said which it is.</summary>
    public void Opened(string sourceId)
    {
        SourceId = sourceId;
        _source.TrySetResult(sourceId);
    }

    /// <summary>Waits until the server has said which it is.</summary>
    public Task<string> WaitForSourceAsync(CancellationToken cancellationToken) => _source.Task.WaitAsync(cancellationToken);

    /// <summary>Bytes came.</summary>
    public void Received(int bytes, DateTimeOffset until)
    {
        lock (_lock)
        {
            _received += bytes;
            _caughtUp = null;
        }
    }

    /// <summary>The server has nothing more.</summary>
    public void Idle(DateTimeOffset until)
    {
        lock (_lock)
        {
            _caughtUp = until;
        }
    }

    /// <summary>A piece is durable.</summary>
    public void Stored(LogPiece piece)
    {
        lock (_lock)
        {
            _stored = piece;
            _storedBytes += piece.Length;
        }
    }

    /// <summary>The server said how it stands.</summary>
    public void Server(LogServerState state)
    {
        lock (_lock)
        {
            _server = state;
        }
    }

    /// <summary>How the stream stands. What is not known yet stays as it was, why it stood still included.</summary>
    public LogStreamState ToState(LogStreamState before, DateTimeOffset now)
    {
        lock (_lock)
        {
            bool isCaughtUp = _caughtUp is not null && _received == _storedBytes;
            DateTimeOffset? until = isCaughtUp ? _caughtUp : _stored?.Until;
            return before with
            {
                SeenAt = now,
                SourceId = SourceId ?? before.SourceId,
                ServerPosition = _server?.Position,
                StoredFile = _stored?.File ?? before.StoredFile,
                StoredEnd = _stored?.End ?? before.StoredEnd,
                StoredUntil = before.StoredUntil is { } earlier && !(until > earlier) ? earlier : until,
                LagBytes = isCaughtUp ? 0 : Math.Max(_received - _storedBytes, _server?.LagBytes ?? 0),
                ReceivedBytes = _received,
                HeldBytes = _server?.HeldBytes,
                HoldLimit = _server?.HoldLimit,
                Danger = _server?.Danger,
                Error = SourceId is null ? before.Error : null,
                Guidance = SourceId is null ? before.Guidance : null,
            };
        }
    }
}
