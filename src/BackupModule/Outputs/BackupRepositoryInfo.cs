using System;
using BackupModule.Core.Catalog;
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
        RegisteredAt = registered.RegisteredAt,
    };
}
