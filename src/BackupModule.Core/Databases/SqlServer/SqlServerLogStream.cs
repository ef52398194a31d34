using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Exchange;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Takes the log of databases by backing it up every minute.</summary>
/// <remarks>A server drops what it has backed up of its log, so that from then on what is in the exchange is the only
/// copy. It is removed when the repository has it, and not before: what a stream leaves, the next one sends first.</remarks>
internal sealed class SqlServerLogStream
{
    private const int CopySize = 1024 * 1024;

    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_releaseInterval = TimeSpan.FromSeconds(5);

    private readonly SqlServerSession _session;
    private readonly DatabaseAccess _access;
    private readonly IBackupExchange _exchange;
    private readonly ILogSink _sink;
    private readonly LogCoverage _coverage;
    private readonly IBackupObserver _observer;
    private readonly Queue<SentLog> _sent = new();
    private readonly Dictionary<string, LogSequenceNumber> _ends = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    private SqlServerLogStream(
        SqlServerSession session,
        DatabaseAccess access,
        IBackupExchange exchange,
        ILogSink sink,
        LogCoverage coverage,
        IBackupObserver observer)
    {
        _session = session;
        _access = access;
        _exchange = exchange;
        _sink = sink;
        _coverage = coverage;
        _observer = observer;
    }

    /// <summary>Streams until it is stopped.</summary>
    /// <exception cref="BackupException">See <see cref="ILogSource.StreamLogAsync"/>. A hole in the log is a warning, since
    /// backups after it need what comes after it.</exception>
    public static async Task RunAsync(
        DatabaseAccess access, ILogSink sink, IBackupObserver observer, CancellationToken cancellationToken)
    {
        IBackupExchange exchange = await BackupExchange.OpenAsync(access, observer, cancellationToken).ConfigureAwait(false);
        SqlServerSession session = await SqlServerSession.OpenAsync(access, ServerPurpose.Backup, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            ServerProfile server = await ServerProfile.ReadAsync(session, cancellationToken).ConfigureAwait(false);
            await exchange.RequireUsableAsync(session, server, cancellationToken).ConfigureAwait(false);
            IAsyncDisposable only = await exchange.LockLogsAsync(session, cancellationToken).ConfigureAwait(false);
            await using (only.ConfigureAwait(false))
            {
                LogCoverage coverage = await sink.OpenAsync(server.Name, cancellationToken).ConfigureAwait(false);
                SqlServerLogStream stream = new(session, access, exchange, sink, coverage, observer);
                await stream.SendLeftoversAsync(cancellationToken).ConfigureAwait(false);
                while (true)
                {
                    await stream.TakeAsync(cancellationToken).ConfigureAwait(false);
                    await stream.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task SendLeftoversAsync(CancellationToken cancellationToken)
    {
        foreach ((BackupDevice device, DateTimeOffset begunAt) in await _exchange.ListLogsAsync(cancellationToken)
            .ConfigureAwait(false))
        {
            try
            {
                await SendAsync(device, begunAt, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseBackupFailed)
            {
                _observer.OnWarning(
                    $"The log backup '{device.Address}' that an earlier stream left cannot be read, and is kept: {failure.Message} If the log "
                    + "in the repository has no hole at that time, it can be removed.");
            }
        }
    }

    /// <summary>Backs the log of every database up.</summary>
    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DatabaseProfile> databases = await ServerInspection
            .ListAsync(_session, _access.Definition, cancellationToken).ConfigureAwait(false);
        DatabaseProfile[] followed = [.. databases.Where(static database => database.IsOnline && database.HasLogBackups)];
        if (followed.Length == 0)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"None of the databases of '{_access.Definition.Name}' keeps a log to back up.",
                "ALTER DATABASE … SET RECOVERY FULL; and then make a backup, with which the log begins.")
            {
                Subject = _access.Definition.Name,
            };
        }

        DateTimeOffset? idleUntil = null;
        bool isIdle = true;
        foreach (DatabaseProfile database in followed)
        {
            DateTimeOffset begunAt = await ServerClock.ReadAsync(_session, cancellationToken).ConfigureAwait(false);
            idleUntil ??= begunAt;
            isIdle &= !await TakeAsync(database.Name, begunAt, cancellationToken).ConfigureAwait(false);
        }

        if (isIdle)
        {
            _sink.OnIdle(idleUntil!.Value, next: null);
        }
    }

    /// <returns>True if there was something in the log.</returns>
    private async Task<bool> TakeAsync(string database, DateTimeOffset begunAt, CancellationToken cancellationToken)
    {
        BackupDevice device = _exchange.DeviceOf(_exchange.Names.ForLog(begunAt));
        BackupStatement statement = new()
        {
            Database = database,
            Type = BackupSetType.Log,
            Devices = [device],
            Name = $"BackupModule {_access.Definition.Name}",
        };
        try
        {
            await _session.RunAsync(
                statement.ToSql(), $"backing up the log of '{database}'", database, null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseUnsuitable)
        {
            // The others go on; a full backup makes this one join them.
            TellOnce(database, $"{failure.Message} {failure.Guidance}");
            return true;
        }

        return await SendAsync(device, begunAt, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>True if there was something in the log.</returns>
    private async Task<bool> SendAsync(BackupDevice device, DateTimeOffset begunAt, CancellationToken cancellationToken)
    {
        BackupSet log = await MediaReader.ReadHeaderAsync(
            _session, [device], new ServerClock(begunAt.Offset).ToMoment, cancellationToken)
            .ConfigureAwait(false);
        if (log.IsEmpty)
        {
            await _exchange.RemoveAsync(device, _observer).ConfigureAwait(false);
            return false;
        }

        if (log.IsDamaged)
        {
            _observer.OnWarning($"The server marked its log backup of '{log.Database}' from {log.First} on as damaged.");
        }

        WarnOfHole(log);
        Stream source = await _exchange.OpenWrittenAsync(device, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            string name = SqlServerLogFile.NameOf(log, source.Length, begunAt);
            LogFile? stored = _coverage.Find(name);
            source.Position = stored is { Start: 0 } ? Math.Min(stored.End, source.Length) : 0;
            await CopyAsync(source, name, begunAt, cancellationToken).ConfigureAwait(false);
            _sent.Enqueue(new SentLog(device, name, source.Length, stored?.End == source.Length));
        }

        await ReleaseAsync().ConfigureAwait(false);
        long held = _sent.Sum(static kept => kept.Length);
        _sink.OnServer(new LogServerState(log.Last.ToString(), held, held));
        return true;
    }

    private async Task CopyAsync(Stream source, string name, DateTimeOffset begunAt, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[CopySize];
        while (source.Position < source.Length)
        {
            long offset = source.Position;
            int length = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            await _sink.WriteAsync(name, offset, buffer.AsMemory(0, length), begunAt, cancellationToken).ConfigureAwait(false);
            if (source.Position == source.Length)
            {
                await _sink.EndFileAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void WarnOfHole(BackupSet log)
    {
        string key = SqlServerLogFile.KeyOf(log);
        LogSequenceNumber? end = _ends.TryGetValue(key, out LogSequenceNumber known) ? known : EndInRepository(log);
        if (end is { } last && log.First > last && !log.CrossesFork)
        {
            _observer.OnWarning(
                $"The log of '{log.Database}' has a hole from {last} to {log.First}: another tool backed it up, or the recovery model "
                + "was changed. Moments in it cannot be restored, nor those after it before the next backup of the policy is made.");
        }

        _ends[key] = log.Last;
    }

    private LogSequenceNumber? EndInRepository(BackupSet log)
    {
        LogSequenceNumber? end = null;
        foreach (LogFile file in _coverage.Files)
        {
            if (SqlServerLogFile.TryRead(file, log, out BackupSet? stored)
                && stored.IsUsable && stored.ForkId == log.FirstForkId && (end is null || stored.Last > end))
            {
                end = stored.Last;
            }
        }

        return end;
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        for (TimeSpan waited = TimeSpan.Zero; waited < s_interval; waited += s_releaseInterval)
        {
            await Task.Delay(s_releaseInterval, _access.Time, cancellationToken).ConfigureAwait(false);
            await ReleaseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Removes the files that the repository has.</summary>
    private async Task ReleaseAsync()
    {
        // Logs are stored in the order in which they were sent: those before the durable one are durable, too.
        LogPosition durable = _sink.Durable ?? default;
        bool isAhead = _sent.Any(log => log.Name == durable.File);
        while (_sent.TryPeek(out SentLog? log)
            && (log.IsStored || (isAhead && (log.Name != durable.File || durable.End >= log.Length))))
        {
            _sent.Dequeue();
            isAhead &= log.Name != durable.File;
            await _exchange.RemoveAsync(log.Device, _observer).ConfigureAwait(false);
        }
    }

    private void TellOnce(string subject, string message)
    {
        if (_told.Add(subject))
        {
            _observer.OnWarning(message);
        }
    }

    /// <summary>A log that was sent, and whose file is kept.</summary>
    /// <param name="Device">Where it is.</param>
    /// <param name="Name">The log in the repository.</param>
    /// <param name="Length">Its length in bytes.</param>
    /// <param name="IsStored">True if the repository had it before.</param>
    private sealed record SentLog(BackupDevice Device, string Name, long Length, bool IsStored);
}
