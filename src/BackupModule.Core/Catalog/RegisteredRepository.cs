using System;
using BackupModule.Core.Replication;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Catalog;

/// <summary>A repository that the catalog knows by a name. Holds no secret.</summary>
public sealed record RegisteredRepository
{
    /// <summary>The name users type; see <see cref="Diagnostics.NameRule"/>.</summary>
    public required string Name { get; init; }

    /// <summary>A path, or a URI without a password.</summary>
    public required string Location { get; init; }

    /// <summary>What kind of store the location is, e.g. <c>Local</c>.</summary>
    public string Provider { get; init; } = nameof(StoreProvider.Local);

    /// <summary>The repository's own id, 64 hexadecimal digits.</summary>
    public required string RepositoryId { get; init; }

    /// <summary>The reference of the password (see <see cref="Encryption.Keys.SecretReference"/>); null if it is asked
    /// for each time.</summary>
    public string? PasswordReference { get; init; }

    /// <summary>The zstd level that new data is compressed with; null for the default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>How the store is reached.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>What it is for; null if nobody said.</summary>
    public RepositoryRole? Role { get; init; }

    /// <summary>Where it is, in the words of its owner, such as a town or a drawer; null if nobody said.</summary>
    public string? Place { get; init; }

    /// <summary>The id of the repository that it is a copy of, 64 hexadecimal digits; null if it is none.</summary>
    public string? CopyOf { get; init; }

    /// <summary>How far a copy may be behind; null for what is usual for its role.</summary>
    public TimeSpan? AllowedLag { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }
}
