using System;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Outputs;

/// <summary>An entry that differs between two backups.</summary>
public sealed record BackupDifferenceInfo
{
    /// <summary>How it differs.</summary>
    public required DifferenceKind Change { get; init; }

    /// <summary>The absolute path within the backups.</summary>
    public required string Path { get; init; }

    /// <summary>What it is: in the second backup, or in the first if it was removed.</summary>
    public required NodeType Type { get; init; }

    /// <summary>Bytes of a file in the first backup; null where there is none.</summary>
    public long? SizeBefore { get; init; }

    /// <summary>Bytes of a file in the second backup; null where there is none.</summary>
    public long? SizeAfter { get; init; }

    /// <summary>Last change of the content in the second backup, or in the first if it was removed.</summary>
    public DateTimeOffset ModifiedTime { get; init; }

    internal static BackupDifferenceInfo From(SnapshotDifference difference)
    {
        TreeNode shown = (difference.After ?? difference.Before)!;
        return new BackupDifferenceInfo
        {
            Change = difference.Kind,
            Path = difference.Path,
            Type = shown.Type,
            SizeBefore = SizeOf(difference.Before),
            SizeAfter = SizeOf(difference.After),
            ModifiedTime = shown.ModifiedTime.ToDateTimeOffset(),
        };
    }

    private static long? SizeOf(TreeNode? node) => node?.Type == NodeType.File ? (long)node.Size : null;
}
