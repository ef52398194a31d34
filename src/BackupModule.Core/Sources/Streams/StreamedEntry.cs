using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Streams;

/// <summary>A file, folder or link of a streamed folder.</summary>
/// <param name="Path">Its path below the streamed folder, with <c>/</c> between parts; as raw text.</param>
public sealed record StreamedEntry(string Path)
{
    /// <summary>The nine permission bits; null for the owner alone.</summary>
    public uint? Permissions { get; init; }

    /// <summary>When it was changed last; null for the time of the backup.</summary>
    public FileTimestamp? ModifiedTime { get; init; }

    /// <summary>The owner's number; null for the user of this process.</summary>
    public uint? UserId { get; init; }

    /// <summary>The group's number; null for the group of this process.</summary>
    public uint? GroupId { get; init; }

    /// <summary>The owner's name; empty if it is not known.</summary>
    public string User { get; init; } = string.Empty;

    /// <summary>The group's name; empty if it is not known.</summary>
    public string Group { get; init; } = string.Empty;
}
