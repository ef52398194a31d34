using System;
using System.Globalization;
using BackupModule.Core.Repositories.Keys;

namespace BackupModule.Outputs;

/// <summary>A key of a repository: a password that opens it.</summary>
public sealed record BackupKeyInfo
{
    /// <summary>The key's id, 64 hexadecimal digits.</summary>
    public required string KeyId { get; init; }

    /// <summary>The first 8 digits, which name it just as well.</summary>
    public string ShortId => KeyId[..8];

    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Who made it.</summary>
    public required string UserName { get; init; }

    /// <summary>On which machine it was made.</summary>
    public required string HostName { get; init; }

    /// <summary>When it was made; null where the key does not say.</summary>
    public DateTimeOffset? CreatedTime { get; init; }

    /// <summary>True for the key that the repository was opened with.</summary>
    public required bool IsCurrent { get; init; }

    internal static BackupKeyInfo From(RepositoryKey key, string repositoryName) => new()
    {
        KeyId = key.Id.ToString(),
        RepositoryName = repositoryName,
        UserName = key.File.UserName,
        HostName = key.File.HostName,
        CreatedTime = DateTimeOffset.TryParse(
            key.File.Created, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time)
            ? time
            : null,
        IsCurrent = key.IsCurrent,
    };
}
