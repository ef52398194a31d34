using System;

namespace BackupModule.Core.Databases;

/// <summary>How far a database is recovered. At most one of the members says so; none means: as far as the log goes where
/// <see cref="IsLatest"/>, else the backup itself.</summary>
public sealed record RecoveryTarget
{
    /// <summary>The backup itself, without what came after it.</summary>
    public static RecoveryTarget Backup { get; } = new();

    /// <summary>As far as the log goes.</summary>
    public static RecoveryTarget Latest { get; } = new() { IsLatest = true };

    /// <summary>True for as far as the log goes.</summary>
    public bool IsLatest { get; init; }

    /// <summary>A moment, by the server's clock: commits until then, and none after it.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>A position in the log, in the engine's own words: <c>0/8721AAB8</c>, <c>m-bin.000002:601</c>.</summary>
    public string? Position { get; init; }

    /// <summary>A transaction by its number.</summary>
    public string? TransactionId { get; init; }

    /// <summary>A named point.</summary>
    public string? RestorePoint { get; init; }

    /// <summary>True to stop just before the position or transaction.</summary>
    public bool IsExclusive { get; init; }

    /// <summary>The timeline, number or <c>current</c>; null for the latest.</summary>
    public string? Timeline { get; init; }

    /// <summary>True if nothing but the backup is wanted.</summary>
    public bool IsBackupOnly =>
        !IsLatest && Time is null && Position is null && TransactionId is null && RestorePoint is null;

    /// <inheritdoc/>
    public override string ToString() =>
        Time is { } time ? $"the moment {time:yyyy-MM-dd HH:mm:ss.fffzzz}"
        : Position is not null ? $"the position {Position}"
        : TransactionId is not null ? $"the transaction {TransactionId}"
        : RestorePoint is not null ? $"the restore point '{RestorePoint}'"
        : IsLatest ? "the end of the log"
        : "the backup";
}
