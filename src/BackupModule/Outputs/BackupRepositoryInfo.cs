using System;
using BackupModule.Core.Catalog;
using BackupModule.Core.Replication;
using BackupModule.Core.Storage;

namespace BackupModule.Outputs;

/// <summary>A registered repository.</summary>
public sealed record BackupRepositoryInfo
{
    /// <summary>The registered name.</summary>
    public required string Name { get; init; }

    /// <summary>The registered name, as other cmdlets' parameter is called.</summary>
    public string RepositoryName => Name;

    /// <summary>A path or URI, without secrets.</summary>
    public required string Location { get; init; }

    /// <summary>The kind of store.</summary>
    public required string Provider { get; init; }

    /// <summary>The repository's own id, 64 hexadecimal digits.</summary>
    public required string RepositoryId { get; init; }

    /// <summary>How the store is reached.</summary>
    public required StoreSettings Store { get; init; }

    /// <summary>Where the password is found; null if it is asked for each time.</summary>
    public string? PasswordReference { get; init; }

    /// <summary>True if the password need not be given.</summary>
    public bool HasPasswordReference => PasswordReference is not null;

    /// <summary>The zstd level of new data; null for the default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>What it is for; null if nobody said.</summary>
    public RepositoryRole? Role { get; init; }

    /// <summary>Where it is, in the words of its owner.</summary>
    public string? Place { get; init; }

    /// <summary>The registered name of the repository that it is a copy of, or its id where it is not registered.</summary>
    public string? CopyOf { get; init; }

    /// <summary>How far it may be behind before it stops counting; null for what is usual for its role.</summary>
    public TimeSpan? AllowedLag { get; init; }

    /// <summary>When the newest backup was made that it is known to hold.</summary>
    public DateTimeOffset? NewestBackup { get; init; }

    /// <summary>When it was last brought up to date from this machine.</summary>
    public DateTimeOffset? LastSync { get; init; }

    /// <summary>How many backups of its source it lacked then.</summary>
    public int? BackupsWaiting { get; init; }

    /// <summary>How much older its newest backup is than the newest one that is known of in its source.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>When it was last checked from this machine.</summary>
    public DateTimeOffset? LastVerified { get; init; }

    /// <summary>True if that check found no error.</summary>
    public bool? VerificationPassed { get; init; }

    /// <summary>When something was last done with it from this machine.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>How well the backups in it are copied; null where only the registration is shown.</summary>
    public ReplicationScore? Score { get; init; }

    /// <summary>When it was registered on this machine.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    internal static BackupRepositoryInfo From(RegisteredRepository registered) => new()
    {
        Name = registered.Name,
        Location = registered.Location,
        Provider = registered.Provider,
        Store = registered.Store,
        RepositoryId = registered.RepositoryId,
        PasswordReference = registered.PasswordReference,
        CompressionLevel = registered.CompressionLevel,
        Role = registered.Role,
        Place = registered.Place,
        CopyOf = registered.CopyOf,
        AllowedLag = registered.AllowedLag,
        RegisteredAt = registered.RegisteredAt,
    };
}
