using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>
/// Streams a server's write-ahead log through a physical slot, and follows its timelines. The slot is told that the log is safe
/// only as far as the sink has it durable, so whatever happens here or there, the server keeps what is missing.
/// </summary>
internal sealed class WalStreamer(
    DatabaseAccess access, ILogSink sink, IBackupObserver observer)
{
    // While log comes, and while none does.
    private static readonly TimeSpan s_statusInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_idleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_slotInterval = TimeSpan.FromSeconds(10);

    private readonly ServerAddress _address = ServerAddress.Parse(access.Definition.ConnectionString);
    private int _segmentSize;
    private uint _serverTimeline;
    private Lsn _received;
    private Lsn _serverEnd;
    private bool _isCopying;

    // Questions are asked by the clock, and answers read as they come.
    private readonly Lock _asking = new();
    private bool _asksTwice;
    private bool _isUnproved;
    private CommitHorizon _horizon = new(DateTimeOffset.UnixEpoch);

    private string SlotName => SlotNames.Of(access.Definition.Name, sink.StreamId);

    /// <summary>Streams until it is stopped.</summary>
    /// <exception cref="BackupException">See <see cref="ILogSource.StreamLogAsync"/>.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ReplicationConnection connection = await ReplicationConnection
            .OpenAsync(_address, access.PasswordText, access.Time, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            string?[] system = await IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
            _segmentSize = WalFileName.ParseSize(
                (await connection.QueryAsync("SHOW wal_segment_size", cancellationToken).ConfigureAwait(false))[0][0]!);
            LogCoverage known = await sink.OpenAsync(system[0]!, cancellationToken).ConfigureAwait(false);
            _horizon = new CommitHorizon(known.Files.Count > 0 ? known.Files.Max(static file => file.Until) : DateTimeOffset.UnixEpoch);
            Lsn? reserved = await PrepareSlotAsync(connection, cancellationToken).ConfigureAwait(false);
            (uint Timeline, Lsn Start) reservedStart = (_serverTimeline, SegmentOf(_serverTimeline, reserved ?? Lsn.Parse(system[2]!)));
            (uint timeline, Lsn start) = new WalCoverage(known, _segmentSize).FindEnd() ?? reservedStart;
            await SaveHistoriesAsync(connection, known, _serverTimeline, cancellationToken).ConfigureAwait(false);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task watching = new SlotWatch(_address, access, SlotName).RunAsync(ReportServer, s_slotInterval, stop.Token);
            try
            {
                if (!await TryBeginAsync(connection, timeline, start, cancellationToken).ConfigureAwait(false))
                {
                    (timeline, start) = reservedStart;
                    await BeginAsync(connection, timeline, start, cancellationToken).ConfigureAwait(false);
                }

                while (true)
                {
                    (timeline, start) = await StreamTimelineAsync(connection, timeline, cancellationToken).ConfigureAwait(false);
                    await SaveHistoryAsync(connection, timeline, cancellationToken).ConfigureAwait(false);
                    await IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
                    await BeginAsync(connection, timeline, start, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string?[]> IdentifyAsync(ReplicationConnection connection, CancellationToken cancellationToken)
    {
        string?[] system = (await connection.QueryAsync("IDENTIFY_SYSTEM", cancellationToken).ConfigureAwait(false))[0];
        _serverTimeline = uint.Parse(system[1]!, CultureInfo.InvariantCulture);
        return system;
    }

    private Lsn SegmentOf(uint timeline, Lsn lsn) => WalFileName.Of(timeline, lsn, _segmentSize).Start(_segmentSize);

    /// <summary>Makes the slot, or finds it.</summary>
    /// <returns>Where what it holds begins; null where it holds nothing.</returns>
    private async Task<Lsn?> PrepareSlotAsync(ReplicationConnection connection, CancellationToken cancellationToken)
    {
        string?[] slot = (await connection.QueryAsync($"READ_REPLICATION_SLOT {SlotName}", cancellationToken).ConfigureAwait(false))[0];
        if (slot[0] is not null && slot[1] is null)
        {
            observer.OnWarning($"The server {_address.Display} has dropped what the slot {SlotName} held; it is made anew.");
            await connection.QueryAsync($"DROP_REPLICATION_SLOT {SlotName}", cancellationToken).ConfigureAwait(false);
            slot[0] = null;
        }

        if (slot[0] is null)
        {
            await connection.QueryAsync(
                $"CREATE_REPLICATION_SLOT {SlotName} PHYSICAL (RESERVE_WAL)", cancellationToken).ConfigureAwait(false);
            observer.OnWarning(
                $"The slot {SlotName} was made on the server {_address.Display}: from now on it keeps its log until it is streamed. "
                + "If the stream is given up, drop it: Stop-BackupLogStream -Remove.");
            slot = (await connection.QueryAsync($"READ_REPLICATION_SLOT {SlotName}", cancellationToken).ConfigureAwait(false))[0];
        }

        return Lsn.TryParse(slot[1], out Lsn restart) ? restart : null;
    }

    // False where the server has removed what comes next: then the log has a hole, whatever is done.
    private async Task<bool> TryBeginAsync(
        ReplicationConnection connection, uint timeline, Lsn start, CancellationToken cancellationToken)
    {
        try
        {
            await BeginAsync(connection, timeline, start, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.LogGap)
        {
            // The rest of the answer.
            await connection.ReadRowsAsync(cancellationToken).ConfigureAwait(false);
            observer.OnItemFailed(new BackupException(
                BackupErrorKind.LogGap,
                $"The log of the server {_address.Display} has a hole from {start} on: the server has removed what comes next.",
                "Make a new backup at once: from there on, moments can be reached again.",
                failure)
            {
                Subject = start.ToString(),
            });
            return false;
        }
    }

    private async Task BeginAsync(
        ReplicationConnection connection, uint timeline, Lsn start, CancellationToken cancellationToken)
    {
        observer.OnDecision($"The log is streamed from {start} on timeline {timeline}.");
        _received = start;
        lock (_asking)
        {
            _horizon.Begin(isCurrent: timeline == _serverTimeline);
        }

        await connection.SendQueryAsync(
            string.Create(CultureInfo.InvariantCulture, $"START_REPLICATION SLOT {SlotName} PHYSICAL {start} TIMELINE {timeline}"),
            cancellationToken).ConfigureAwait(false);
        BackendMessage answer = await connection.ReadAsync(cancellationToken).ConfigureAwait(false);
        _isCopying = answer.Type switch
        {
            'W' => true,

            // The timeline ends just here.
            'T' => false,
            _ => throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable, $"The server {_address.Display} does not stream its log as its documentation says."),
        };
    }

    private async Task<(uint Timeline, Lsn Start)> StreamTimelineAsync(
        ReplicationConnection connection, uint timeline, CancellationToken cancellationToken)
    {
        if (_isCopying)
        {
            await ReceiveAsync(connection, timeline, cancellationToken).ConfigureAwait(false);
            await connection.SendCopyDoneAsync(cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<string?[]> next = await connection.ReadRowsAsync(cancellationToken).ConfigureAwait(false);
        if (next is not [[{ } nextTimeline, { } switchedAt, ..]])
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnreachable, $"The server {_address.Display} ended the stream of its log.");
        }

        await sink.EndFileAsync(
            WalFileName.Of(timeline, _received, _segmentSize).ToString(_segmentSize), cancellationToken).ConfigureAwait(false);

        // The new timeline's segment holds the old one's bytes up to the switch.
        uint to = uint.Parse(nextTimeline, CultureInfo.InvariantCulture);
        return (to, SegmentOf(to, Lsn.Parse(switchedAt)));
    }

    // Ends when the server says that the timeline has.
    private async Task ReceiveAsync(ReplicationConnection connection, uint timeline, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task telling = TellStatusAsync(connection, stop.Token);
        try
        {
            while (true)
            {
                Task<BackendMessage> reading = connection.ReadAsync(cancellationToken).AsTask();
                if (await Task.WhenAny(reading, telling).ConfigureAwait(false) == telling)
                {
                    // The connection is broken, or the sink: whoever waits for the server would wait for ever.
                    await telling.ConfigureAwait(false);
                }

                BackendMessage message = await reading.ConfigureAwait(false);
                switch (message.Type)
                {
                    case 'd':
                        await TakeAsync(connection, timeline, message.Payload, cancellationToken).ConfigureAwait(false);
                        break;
                    case 'c':
                        return;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask TakeAsync(
        ReplicationConnection connection, uint timeline, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (ReplicationMessages.ReadClock(message.Span) is not { } clock)
        {
            return;
        }

        _serverEnd = ReplicationMessages.ReadServerEnd(message.Span);
        bool wantsReply = ReplicationMessages.WantsReply(message.Span);
        if (message.Span[0] == 'w')
        {
            await WriteAsync(
                timeline, ReplicationMessages.ReadStart(message.Span), message[ReplicationMessages.DataHeader..], clock, cancellationToken)
                .ConfigureAwait(false);
            return;
        }

        bool isIdle;
        bool asksAgain;
        lock (_asking)
        {
            isIdle = _horizon.OnKeepAlive(_serverEnd, clock, isAnswer: !wantsReply);
            asksAgain = _asksTwice && !_horizon.IsAsking;
            _asksTwice &= !asksAgain;
            _isUnproved &= !isIdle;
        }

        if (isIdle)
        {
            WalFileName file = WalFileName.Of(timeline, _received, _segmentSize);
            sink.OnIdle(
                _horizon.Until, new LogPosition(file.ToString(_segmentSize), (long)(_received.Value - file.Start(_segmentSize).Value)));
        }

        if (wantsReply || asksAgain)
        {
            await SendStatusAsync(connection, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask WriteAsync(
        uint timeline, Lsn start, ReadOnlyMemory<byte> content, DateTimeOffset clock, CancellationToken cancellationToken)
    {
        if (start != _received)
        {
            throw new BackupException(
                BackupErrorKind.LogGap,
                $"The server {_address.Display} sent its log from {start} where {_received} comes next.",
                "The stream begins anew at the next try; if this goes on, make a new backup.")
            {
                Subject = _received.ToString(),
            };
        }

        while (!content.IsEmpty)
        {
            WalFileName file = WalFileName.Of(timeline, _received, _segmentSize);
            long offset = (long)(_received.Value - file.Start(_segmentSize).Value);
            int count = (int)Math.Min(content.Length, _segmentSize - offset);
            string name = file.ToString(_segmentSize);
            Lsn end = new(_received.Value + (ulong)count);
            if (count == content.Length)
            {
                lock (_asking)
                {
                    _horizon.OnData(end, _serverEnd, clock);
                    _isUnproved = true;
                }
            }

            await sink.WriteAsync(name, offset, content[..count], _horizon.Until, cancellationToken).ConfigureAwait(false);
            content = content[count..];
            _received = end;
            if (offset + count == _segmentSize)
            {
                await sink.EndFileAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // By the clock, not by messages: what was stored while the server was silent is told, too.
    private async Task TellStatusAsync(ReplicationConnection connection, CancellationToken cancellationToken)
    {
        long asked = access.Time.GetTimestamp();
        while (true)
        {
            await Task.Delay(s_statusInterval, access.Time, cancellationToken).ConfigureAwait(false);
            lock (_asking)
            {
                if (!_isUnproved && access.Time.GetElapsedTime(asked) < s_idleInterval)
                {
                    continue;
                }

                _asksTwice = true;
            }

            asked = access.Time.GetTimestamp();
            await SendStatusAsync(connection, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task SendStatusAsync(ReplicationConnection connection, CancellationToken cancellationToken)
    {
        bool asks;
        lock (_asking)
        {
            asks = !_horizon.IsAsking;
            if (asks)
            {
                _horizon.OnQuestion();
            }
        }

        return connection.SendCopyDataAsync(
            ReplicationMessages.Status(_received, FindDurable(), access.Time.GetUtcNow(), asks), cancellationToken);
    }

    // Nothing durable yet is told as nothing: the slot stays where it is.
    private Lsn FindDurable() => sink.Durable is { } place
        && WalFileName.TryParse(place.File, _segmentSize, out WalFileName file)
            ? new Lsn(file.Start(_segmentSize).Value + (ulong)place.End)
            : default;

    private void ReportServer(SlotState slot)
    {
        Lsn durable = FindDurable();
        Lsn end = slot.End ?? _serverEnd;
        long lag = durable.Value > 0 && end > durable ? (long)(end.Value - durable.Value) : 0;
        sink.OnServer(new LogServerState(end.ToString(), lag, slot.HeldBytes, slot.HoldLimit, slot.Danger));
    }

    private async Task SaveHistoriesAsync(
        ReplicationConnection connection, LogCoverage known, uint last, CancellationToken cancellationToken)
    {
        for (uint timeline = 2; timeline <= last; timeline++)
        {
            if (known.Find(WalFileName.HistoryOf(timeline)) is null)
            {
                await SaveHistoryAsync(connection, timeline, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task SaveHistoryAsync(ReplicationConnection connection, uint timeline, CancellationToken cancellationToken)
    {
        byte[]? content = await ReadHistoryAsync(connection, timeline, cancellationToken).ConfigureAwait(false);
        if (content is not null)
        {
            string name = WalFileName.HistoryOf(timeline);
            await sink.WriteAsync(name, 0, content, _horizon.Until, cancellationToken).ConfigureAwait(false);
            await sink.EndFileAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<byte[]?> ReadHistoryAsync(
        ReplicationConnection connection, uint timeline, CancellationToken cancellationToken)
    {
        try
        {
            string?[] row = (await connection.QueryAsync(
                string.Create(CultureInfo.InvariantCulture, $"TIMELINE_HISTORY {timeline}"), cancellationToken).ConfigureAwait(false))[0];
            return System.Text.Encoding.UTF8.GetBytes(row[1]!);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.LogGap)
        {
            // A server that was restored long ago need not have the histories before its own.
            observer.OnWarning($"The server {_address.Display} has no history of the timeline {timeline}: {failure.Message}");
            return null;
        }
    }
}
