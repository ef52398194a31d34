using System;
using BackupModule.Core.Repositories.Locks;

namespace BackupModule.Outputs;

/// <summary>A lock on a repository.</summary>
public sealed record BackupLockInfo
{
    /// <summary>The lock's id, 64 hexadecimal digits.</summary>
    public required string LockId { get; init; }

    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Who holds or held it.</summary>
    public required string UserName { get; init; }

    /// <summary>On which machine.</summary>
    public required string HostName { get; init; }

    /// <summary>The process that holds or held it.</summary>
    public required int ProcessId { get; init; }

    /// <summary>True if nobody else may use the repository meanwhile.</summary>
    public required bool IsExclusive { get; init; }

    /// <summary>When it was taken or last refreshed; null where the lock could not be read.</summary>
    public DateTimeOffset? Time { get; init; }

    internal static BackupLockInfo From(LockFile file, string repositoryName) => new()
    {
        LockId = file.Id.ToString(),
        RepositoryName = repositoryName,
        UserName = file.UserName,
        HostName = file.HostName,
        ProcessId = file.ProcessId,
        IsExclusive = file.IsExclusive,
        Time = file.Time == default ? null : file.Time.ToDateTimeOffset(),
    };
}
