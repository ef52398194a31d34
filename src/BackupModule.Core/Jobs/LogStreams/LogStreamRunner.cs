using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Jobs.LogStreams;

/// <summary>Streams the log of a policy's database into the policy's repository until it is stopped, and begins anew whenever
/// the server, the network or the store fails.</summary>
/// <param name="policy">The policy.</param>
/// <param name="database">The database source.</param>
/// <param name="open">The policy's repository.</param>
/// <param name="access">The database with its password.</param>
/// <param name="states">Where the stream writes down how it stands.</param>
/// <param name="source">The file system, for backups of the log.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class LogStreamRunner(
    EffectivePolicy policy,
    DatabaseDefinition database,
    OpenRepository open,
    DatabaseAccess access,
    LogStreamStates states,
    ISourceFileSystem source,
    IBackupObserver observer)
{
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_stateInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestLook = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = access.Time;
    private readonly Repository _repository = open.Repository;
    private LogStreamState? _state;
    private string? _lastDanger;

    /// <summary>How long bytes of the log are gathered before they are stored.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Complete log files become a backup of the log when there are so many bytes of them.</summary>
    public long ArchiveBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Or when the first of them has been complete for so long. This holds for a stream that is interrupted more often,
    /// too: what counts is when the server wrote the files.</summary>
    public TimeSpan ArchiveInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Streams until it is stopped.</summary>
    /// <exception cref="BackupException">What trying again does not mend: <c>DatabaseAccessDenied</c>, <c>DatabaseUnsuitable</c>,
    /// <c>InvalidArgument</c>, <c>PlatformUnsupported</c>.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (DatabaseEngines.Of(database.Engine) is not ILogSource engine)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The log of '{database.Name}' cannot be streamed: {database.Engine} has none that can.")
            {
                Subject = database.Name,
            };
        }

        TimeSpan retry = s_firstRetry;
        string streamId = LogStore.Identify(_repository, policy.Name, database.Name)[..8];
        _state = states.Begin(policy.Name, database.Name, open.Name, streamId, _time.GetLocalNow());
        while (true)
        {
            long started = _time.GetTimestamp();
            try
            {
                await StreamOnceAsync(engine, streamId, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure) when (IsWorthRetrying(failure) && !cancellationToken.IsCancellationRequested)
            {
                retry = _time.GetElapsedTime(started) > s_lastRetry ? s_firstRetry : retry;
                observer.OnWarning($"The stream of '{database.Name}' was interrupted and begins anew in {retry.TotalSeconds:0} s: {failure.Message}");
                WriteState(_state with { Error = failure.Message, Guidance = failure.Guidance, SeenAt = _time.GetLocalNow() });
                await Task.Delay(retry, _time, cancellationToken).ConfigureAwait(false);
                retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, s_lastRetry.Ticks));
            }
        }
    }

    private static bool IsWorthRetrying(BackupException failure) => failure.IsTransient
        || failure.Kind is BackupErrorKind.DatabaseUnreachable or BackupErrorKind.LogGap or BackupErrorKind.StorageFailure
            or BackupErrorKind.StorageFull or BackupErrorKind.RepositoryLocked or BackupErrorKind.LockLost
            or BackupErrorKind.DatabaseBackupFailed;

    private async Task StreamOnceAsync(ILogSource engine, string streamId, CancellationToken cancellationToken)
    {
        LogStreamReport report = new();

        // Others may prune meanwhile: what was loaded long ago proves nothing.
        DatabaseHistory history = await DatabaseHistory
            .ReadAsync(_repository.OpenAfresh(), policy.Name, observer, cancellationToken).ConfigureAwait(false);
        using LogPieceWriter sink = new(
            history, database.Name, streamId, Interval, report, _time);
        using StageGroup stages = new(cancellationToken);
        stages.Run(token => engine.StreamLogAsync(access, sink, observer, token));
        stages.Run(sink.RunAsync);
        stages.Run(token => ReportAsync(report, token));
        stages.Run(token => ArchiveAsync(report, token));
        try
        {
            await stages.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            // What came last was stored after the stages were told to end.
            WriteState(report.ToState(_state!, _time.GetLocalNow()));
        }
    }

    private async Task ReportAsync(LogStreamReport report, CancellationToken cancellationToken)
    {
        while (true)
        {
            LogStreamState now = report.ToState(_state!, _time.GetLocalNow());
            WriteState(now);
            if (now.Danger is not null && now.Danger != _lastDanger)
            {
                observer.OnWarning(now.Danger);
            }

            _lastDanger = now.Danger;
            await Task.Delay(s_stateInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    // A local disk that is full must not end the stream, which needs it for nothing else.
    private void WriteState(LogStreamState state)
    {
        _state = state;
        try
        {
            states.Write(state);
        }
        catch (IOException failure)
        {
            observer.OnDecision($"How the stream of '{database.Name}' stands cannot be written down: {failure.Message}");
        }
    }

    // Pieces are many and small; a backup of the log has few and large files, which stock restic can restore.
    private async Task ArchiveAsync(LogStreamReport report, CancellationToken cancellationToken)
    {
        string sourceId = await report.WaitForSourceAsync(cancellationToken).ConfigureAwait(false);
        TimeSpan pause = ArchiveInterval < s_longestLook ? ArchiveInterval : s_longestLook;
        bool isSwept = false;
        while (true)
        {
            try
            {
                LogArchiver archiver = new(_repository.OpenAfresh(), source, policy.Name, _time, observer);
                if (!isSwept && await archiver.RemoveTakenAsync(database, sourceId, cancellationToken).ConfigureAwait(false) is > 0 and int removed)
                {
                    observer.OnDecision($"{removed} pieces of the log of '{database.Name}' were removed that a backup of the log or a later piece makes needless.");
                }

                isSwept = true;
                if (await archiver.ArchiveAsync(database, sourceId, ArchiveBytes, ArchiveInterval, cancellationToken)
                    .ConfigureAwait(false) is { } snapshot)
                {
                    observer.OnDecision($"The log of '{database.Name}' was taken into the backup {snapshot.Id.ShortText}.");
                }
            }
            catch (BackupException failure)
            {
                // The pieces hold the same; it is tried again.
                isSwept = false;
                observer.OnWarning($"The log of '{database.Name}' stays in pieces for now: {failure.Message}");
            }

            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
        }
    }
}
