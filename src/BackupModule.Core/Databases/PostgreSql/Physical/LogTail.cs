using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Databases.PostgreSql.Wal;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>The log that a server writes just after a base backup, streamed by the backup's own connection, whose slot keeps
/// it.</summary>
/// <param name="connection">The connection, whose base backup has ended.</param>
/// <param name="timeline">The backup's timeline.</param>
/// <param name="end">Where the backup ends.</param>
/// <param name="segmentSize">The size of a segment in bytes.</param>
/// <param name="pageSize">The size of the log's pages in bytes.</param>
/// <param name="time">The clock.</param>
internal sealed class LogTail(
    ReplicationConnection connection, uint timeline, Lsn end, int segmentSize, int pageSize, TimeProvider time)
{
    // What is kept until it is known whether it is wanted.
    private const int MaxBytes = 128 * 1024 * 1024;

    // The server begins a new segment when a backup ends.
    private readonly Lsn _start = new(checked((end.Value + (ulong)segmentSize - 1) / (ulong)segmentSize * (ulong)segmentSize));
    private readonly ArrayBufferWriter<byte> _content = new();
    private WalCommitReader? _reader;
    private DateTimeOffset? _clock;
    private bool _isOpen;
    private bool _hasEnded;

    /// <summary>The commits in what was read.</summary>
    public IReadOnlyList<WalCommit> Commits => _reader?.Commits ?? [];

    /// <summary>Reads the log up to a place that is in it already.</summary>
    /// <returns>False where there is too much of it, or the timeline has ended.</returns>
    /// <exception cref="BackupException">The server's error, or <c>DatabaseUnreachable</c>.</exception>
    /// <exception cref="InvalidDataException">It is no log that is known here.</exception>
    public async Task<bool> ReadToAsync(Lsn place, CancellationToken cancellationToken)
    {
        _reader ??= new WalCommitReader(_start, pageSize, segmentSize);
        while (_reader.Position < place)
        {
            ReadOnlyMemory<byte>? message = await ReadAsync(_start, cancellationToken).ConfigureAwait(false);
            if (message is not { } content || !Take(content))
            {
                return false;
            }

            if (ReplicationMessages.WantsReply(content.Span))
            {
                await AskClockAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return true;
    }

    /// <summary>Ends the connection: no more is read.</summary>
    public ValueTask EndAsync()
    {
        _hasEnded = true;
        return connection.DisposeAsync();
    }

    /// <summary>The server's clock after the backup, which it sends when it is asked for a sign of life while its log is streamed;
    /// null where it is not to be had any more.</summary>
    public async Task<DateTimeOffset?> ReadClockAsync(CancellationToken cancellationToken)
    {
        if (_clock is null && !_isOpen)
        {
            await OpenAsync(end, cancellationToken).ConfigureAwait(false);
            await AskClockAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_clock is null && !_hasEnded)
        {
            await ReadAsync(end, cancellationToken).ConfigureAwait(false);
        }

        return _clock;
    }

    /// <summary>What was read, by segments; the last one is not full.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> ListSegments()
    {
        ReadOnlyMemory<byte> content = _content.WrittenMemory;
        for (WalFileName segment = WalFileName.Of(timeline, _start, segmentSize); !content.IsEmpty; segment = segment.Next())
        {
            int count = Math.Min(content.Length, segmentSize);
            yield return (segment.ToString(segmentSize), content[..count]);
            content = content[count..];
        }
    }

    private async Task OpenAsync(Lsn start, CancellationToken cancellationToken)
    {
        _isOpen = true;
        await connection.SendQueryAsync(
            string.Create(CultureInfo.InvariantCulture, $"START_REPLICATION PHYSICAL {start} TIMELINE {timeline}"), cancellationToken)
            .ConfigureAwait(false);
    }

    // The next bytes of the log, or a sign of life; null where the timeline has ended. What fails on the way is not tried again.
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(Lsn start, CancellationToken cancellationToken)
    {
        if (!_isOpen)
        {
            await OpenAsync(start, cancellationToken).ConfigureAwait(false);
        }

        bool hasEnded = _hasEnded;
        _hasEnded = true;
        while (!hasEnded)
        {
            BackendMessage message = await connection.ReadAsync(cancellationToken).ConfigureAwait(false);
            switch (message.Type)
            {
                case 'd' when ReplicationMessages.ReadClock(message.Payload.Span) is { } clock:
                    _clock = clock;
                    _hasEnded = false;
                    return message.Payload;
                case 'd' or 'W':
                    break;
                default:
                    hasEnded = true;
                    break;
            }
        }

        return null;
    }

    private bool Take(ReadOnlyMemory<byte> message)
    {
        if (message.Span[0] != 'w')
        {
            return true;
        }

        ReadOnlySpan<byte> content = message.Span[ReplicationMessages.DataHeader..];
        if (ReplicationMessages.ReadStart(message.Span) != _reader!.Position || _content.WrittenCount + content.Length > MaxBytes)
        {
            return false;
        }

        _reader.Add(content);
        _content.Write(content);
        return true;
    }

    // The slot is to keep the log from the backup's end on.
    private Task AskClockAsync(CancellationToken cancellationToken) => connection.SendCopyDataAsync(
        ReplicationMessages.Status(end, end, time.GetUtcNow(), wantsReply: true), cancellationToken);
}
