using System;
using System.Text.Json.Serialization;

namespace BackupModule.Core.Databases.SqlServer.Chains;

/// <summary>A backup set of SQL Server, as its own header says (<c>RESTORE HEADERONLY</c>). Names are those of its columns.
/// </summary>
public sealed record BackupSet
{
    /// <summary>The set (<c>BackupSetGUID</c>).</summary>
    public Guid Id { get; init; }

    /// <summary>What it holds.</summary>
    public required BackupSetType Type { get; init; }

    /// <summary>The database that it is of.</summary>
    public required string Database { get; init; }

    /// <summary>What the database and its copies have in common since the first of them was made (<c>FamilyGUID</c>).
    /// </summary>
    public Guid FamilyId { get; init; }

    /// <summary>The first log record in it (<c>FirstLSN</c>).</summary>
    public required LogSequenceNumber First { get; init; }

    /// <summary>The log record after the last one in it (<c>LastLSN</c>).</summary>
    public required LogSequenceNumber Last { get; init; }

    /// <summary>Where the log is to be read from when the set is recovered (<c>CheckpointLSN</c>).</summary>
    public LogSequenceNumber Checkpoint { get; init; }

    /// <summary>Of a differential set, the full one that it is based on (<c>DifferentialBaseGUID</c>); null where there is
    /// none, or several.</summary>
    public Guid? DifferentialBaseId { get; init; }

    /// <summary>The recovery fork that its first log record is on (<c>FirstRecoveryForkID</c>).</summary>
    public required Guid FirstForkId { get; init; }

    /// <summary>The recovery fork that its last log record is on (<c>RecoveryForkID</c>).</summary>
    public required Guid ForkId { get; init; }

    /// <summary>Where it goes over from the first fork to the last (<c>ForkPointLSN</c>); null where they are one.</summary>
    public LogSequenceNumber? ForkPoint { get; init; }

    /// <summary>When it was begun: everything committed until then is in it or before it.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was complete: nothing committed after it is in it.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>True for a set that is no base of differential ones, and does not let the server drop its log.</summary>
    public bool IsCopyOnly { get; init; }

    /// <summary>True if the server met damage while it made the set, or the set is damaged.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>True for a log with minimally logged operations: it is restored whole or not at all.</summary>
    public bool HasBulkLoggedData { get; init; }

    /// <summary>True if the server computed checksums.</summary>
    public bool HasChecksums { get; init; }

    /// <summary>The number of files that the set was written to side by side.</summary>
    public int Stripes { get; init; } = 1;

    /// <summary>How many of its files there are. Sets that are only known of have none: those of other tools.</summary>
    public int StripesHeld { get; init; } = 1;

    /// <summary>True if it can be restored: all of its files are there, and nothing is damaged.</summary>
    [JsonIgnore]
    public bool IsUsable => !IsDamaged && StripesHeld == Stripes;

    /// <summary>True for a log that holds nothing: it only says that nothing was written until it was begun.</summary>
    [JsonIgnore]
    public bool IsEmpty => First == Last;

    /// <summary>True for a log that begins on one recovery fork and ends on another.</summary>
    [JsonIgnore]
    public bool CrossesFork => FirstForkId != ForkId;
}
