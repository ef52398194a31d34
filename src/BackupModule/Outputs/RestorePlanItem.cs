using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;

namespace BackupModule.Outputs;

/// <summary>One step of what <c>Restore-Backup -WhatIf</c> would do.</summary>
public sealed record RestorePlanItem
{
    /// <summary>What would be done.</summary>
    public required RestoreAction Action { get; init; }

    /// <summary>Where: the absolute path on this machine.</summary>
    public required string Path { get; init; }

    /// <summary>What the backup has there; null for a deletion.</summary>
    public NodeType? Type { get; init; }

    /// <summary>Bytes of a file's content; null for everything else.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes of content that would be written.</summary>
    public long BytesToWrite { get; init; }

    internal static RestorePlanItem From(RestoreItem item, string destination) => new()
    {
        Action = item.Action,
        Path = System.IO.Path.Join(destination, item.Path),
        Type = item.Node?.Type,
        Size = item.Node?.Type == NodeType.File ? (long)item.Node.Size : null,
        BytesToWrite = item.BytesToWrite,
    };
}
