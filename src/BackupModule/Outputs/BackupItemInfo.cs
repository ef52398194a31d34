using System;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Outputs;

/// <summary>A file, directory or other entry of a backup.</summary>
public sealed record BackupItemInfo
{
    /// <summary>The repository's registered name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The backup's id.</summary>
    public required string BackupId { get; init; }

    /// <summary>The absolute path within the backup. A byte of the name that is not UTF-8 stands as a lone surrogate
    /// U+DC80 to U+DCFF.</summary>
    public required string Path { get; init; }

    /// <summary>The path's last part.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required NodeType Type { get; init; }

    /// <summary>Bytes of a file's content; null for everything else.</summary>
    public long? Size { get; init; }

    /// <summary>Last change of the content.</summary>
    public DateTimeOffset ModifiedTime { get; init; }

    /// <summary>Type and permissions, as <c>ls -l</c> shows them.</summary>
    public required string Mode { get; init; }

    /// <summary>The owner's name; the number where it has none.</summary>
    public required string UserName { get; init; }

    /// <summary>The group's name; the number where it has none.</summary>
    public required string GroupName { get; init; }

    /// <summary>Where a symbolic link points; null for everything else.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Number of hard links when it was backed up.</summary>
    public long Links { get; init; }

    internal static BackupItemInfo From(TreeItem item, string backupId, string repositoryName)
    {
        TreeNode node = item.Node;
        return new BackupItemInfo
        {
            RepositoryName = repositoryName,
            BackupId = backupId,
            Path = item.Path,
            Name = node.Name,
            Type = node.Type,
            Size = node.Type == NodeType.File ? (long)node.Size : null,
            ModifiedTime = node.ModifiedTime.ToDateTimeOffset(),
            Mode = ModeText.Format(node),
            UserName = NameOr(node.User, node.UserId),
            GroupName = NameOr(node.Group, node.GroupId),
            LinkTarget = node.Type == NodeType.SymbolicLink ? node.LinkTarget : null,
            Links = (long)node.Links,
        };
    }

    private static string NameOr(string name, uint number) =>
        name.Length > 0 ? name : number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
