using System;
using BackupModule.Core.Recovery.LogStreams;

namespace BackupModule.Outputs;

/// <summary>How the stream of a database's log stands.</summary>
public sealed record BackupLogStreamInfo
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The database source.</summary>
    public required string DatabaseName { get; init; }

    /// <summary>What it does.</summary>
    public required LogStreamActivity State { get; init; }

    /// <summary>The repository that the log goes to.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The process that streams, or did.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The machine of that process.</summary>
    public required string HostName { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was heard of last.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Everything committed until then, by the server's clock, is in the repository; null before the first piece.</summary>
    public DateTimeOffset? StoredUntil { get; init; }

    /// <summary>How long ago that is: how much would be lost.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>Bytes of the server's log that are not in the repository.</summary>
    public required long LagBytes { get; init; }

    /// <summary>The end of the server's log, in the engine's own words.</summary>
    public string? ServerPosition { get; init; }

    /// <summary>The log file of which the last piece was stored.</summary>
    public string? LogFile { get; init; }

    /// <summary>Bytes that came since the process began.</summary>
    public required long ReceivedBytes { get; init; }

    /// <summary>Bytes of log that the server keeps on its disk for the stream; null where that is not known.</summary>
    public long? HeldBytes { get; init; }

    /// <summary>The most that it keeps; null for no limit.</summary>
    public long? HoldLimit { get; init; }

    /// <summary>What somebody must do something about; null for nothing.</summary>
    public string? Danger { get; init; }

    /// <summary>Why the stream stands still, or ended by itself; null while it runs.</summary>
    public string? Error { get; init; }

    internal static BackupLogStreamInfo From(LogStreamState state, bool isRunning, DateTimeOffset now) => new()
    {
        PolicyName = state.PolicyName,
        DatabaseName = state.DatabaseName,
        State = !isRunning ? LogStreamActivity.Stopped
            : state.Error is not null ? LogStreamActivity.Retrying
            : state.SourceId is null ? LogStreamActivity.Starting
            : LogStreamActivity.Streaming,
        RepositoryName = state.RepositoryName,
        ProcessId = state.ProcessId,
        HostName = state.HostName,
        StartedAt = state.StartedAt,
        SeenAt = state.SeenAt,
        StoredUntil = state.StoredUntil,

        // Of a process that runs, what it wrote down last is a moment old.
        Lag = state.StoredUntil is { } until ? TimeSpan.FromTicks(Math.Max(0, ((isRunning ? state.SeenAt : now) - until).Ticks)) : null,
        LagBytes = state.LagBytes,
        ServerPosition = state.ServerPosition,
        LogFile = state.StoredFile,
        ReceivedBytes = state.ReceivedBytes,
        HeldBytes = state.HeldBytes,
        HoldLimit = state.HoldLimit,
        Danger = state.Danger,
        Error = state.Error,
    };
}

/// <summary>What a stream does.</summary>
public enum LogStreamActivity
{
    /// <summary>Its process runs, and has not reached the server yet.</summary>
    Starting,

    /// <summary>It stores what comes.</summary>
    Streaming,

    /// <summary>It was interrupted, and tries again.</summary>
    Retrying,

    /// <summary>No process streams.</summary>
    Stopped,
}
