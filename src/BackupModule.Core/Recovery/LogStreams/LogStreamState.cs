using System;

namespace BackupModule.Core.Recovery.LogStreams;

/// <summary>How the stream of a database's log stands, as its process wrote it down last.</summary>
public sealed record LogStreamState
{
    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The database source.</summary>
    public required string DatabaseName { get; init; }

    /// <summary>The repository that the log goes to.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>What the server knows the stream by; see <see cref="Databases.Logs.ILogSink.StreamId"/>.</summary>
    public string StreamId { get; init; } = string.Empty;

    /// <summary>The machine whose process streams.</summary>
    public required string HostName { get; init; }

    /// <summary>The process.</summary>
    public int ProcessId { get; init; }

    /// <summary>When the process began to stream.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When this was written.</summary>
    public DateTimeOffset SeenAt { get; init; }

    /// <summary>The server that is streamed; null until the stream's process has reached it.</summary>
    public string? SourceId { get; init; }

    /// <summary>The end of the server's log, in the engine's own words.</summary>
    public string? ServerPosition { get; init; }

    /// <summary>The log file of which the last piece was stored.</summary>
    public string? StoredFile { get; init; }

    /// <summary>The byte of it that comes next.</summary>
    public long? StoredEnd { get; init; }

    /// <summary>Everything committed until then, by the server's clock, is in the repository.</summary>
    public DateTimeOffset? StoredUntil { get; init; }

    /// <summary>Bytes of the server's log that are not in the repository.</summary>
    public long LagBytes { get; init; }

    /// <summary>Bytes that came since the process began.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Bytes of log that the server keeps for the stream.</summary>
    public long? HeldBytes { get; init; }

    /// <summary>The most that it keeps; null for no limit.</summary>
    public long? HoldLimit { get; init; }

    /// <summary>What somebody must do something about; null for nothing.</summary>
    public string? Danger { get; init; }

    /// <summary>Why the stream stands still, or ended by itself; null while it runs.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about <see cref="Error"/>.</summary>
    public string? Guidance { get; init; }
}
