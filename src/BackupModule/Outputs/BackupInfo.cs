using System;
using System.Linq;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Outputs;

/// <summary>A backup in a repository.</summary>
public sealed record BackupInfo
{
    /// <summary>The backup's id, 64 hexadecimal digits.</summary>
    public required string BackupId { get; init; }

    /// <summary>The first 8 digits, which name it just as well.</summary>
    public string ShortId => BackupId[..8];

    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>When the backup started.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The absolute paths that were backed up.</summary>
    public required string[] Path { get; init; }

    /// <summary>The tags.</summary>
    public required string[] Tag { get; init; }

    /// <summary>The policy that made it; null for none.</summary>
    public string? PolicyName { get; init; }

    /// <summary>What it counts as; null for a backup that no policy made.</summary>
    public BackupKind? Kind { get; init; }

    /// <summary>The machine that was backed up.</summary>
    public required string HostName { get; init; }

    /// <summary>The user who ran the backup.</summary>
    public required string UserName { get; init; }

    /// <summary>The id of the backup that this one was compared with; null for none.</summary>
    public string? ParentId { get; init; }

    /// <summary>The id of the root directory; equal ids mean equal content.</summary>
    public required string TreeId { get; init; }

    /// <summary>Files in it; null where the writer did not record it.</summary>
    public long? TotalFiles { get; init; }

    /// <summary>Bytes of all files; null where the writer did not record it.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Bytes it added to the repository before compression; null where the writer did not record it.</summary>
    public long? BytesAdded { get; init; }

    /// <summary>The program that wrote it; null where it did not say.</summary>
    public string? ProgramVersion { get; init; }

    /// <summary>Until when it is not removed, whatever retention says; null if nobody holds it.</summary>
    public DateTimeOffset? HoldUntil { get; init; }

    /// <summary>Until when the store refuses to delete anything that it needs; null where objects are not locked, or that
    /// was not established.</summary>
    public DateTimeOffset? ProtectedUntil { get; init; }

    /// <summary>The backup.</summary>
    /// <param name="snapshot">The backup.</param>
    /// <param name="repositoryName">The repository's registered name.</param>
    /// <param name="ledger">What is known of locks; null where nothing is locked.</param>
    internal static BackupInfo From(Snapshot snapshot, string repositoryName, ProtectionLedger? ledger) => new()
    {
        BackupId = snapshot.Id.ToString(),
        RepositoryName = repositoryName,
        Time = snapshot.Time.ToDateTimeOffset(),
        Path = [.. snapshot.Paths],
        Tag = snapshot.Tags?.ToArray() ?? [],
        PolicyName = BackupTags.FindPolicy(snapshot.Tags),
        Kind = BackupTags.FindKind(snapshot.Tags),
        HostName = snapshot.HostName ?? string.Empty,
        UserName = snapshot.UserName ?? string.Empty,
        ParentId = snapshot.Parent.IsZero ? null : snapshot.Parent.ToString(),
        TreeId = snapshot.Tree.ToString(),
        TotalFiles = snapshot.Summary?.TotalFilesProcessed,
        TotalBytes = snapshot.Summary?.TotalBytesProcessed,
        BytesAdded = snapshot.Summary?.DataAdded,
        ProgramVersion = snapshot.ProgramVersion,
        HoldUntil = snapshot.HoldUntil,
        ProtectedUntil = ledger?.ProtectedUntil(snapshot.Id),
    };
}
