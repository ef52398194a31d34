using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Turns what the system says about an entry into the node that restic would record for it.</summary>
/// <param name="zone">The zone that times are spelled in.</param>
/// <param name="recordAccessTime">False to record the modification time in the access time's place.</param>
internal sealed class UnixNodeFactory(TimeZoneInfo zone, bool recordAccessTime)
{
    private readonly ZoneOffsets _offsets = new(zone);
    private readonly AccountNames _accounts = new();

    /// <summary>Makes the node.</summary>
    public TreeNode Create(
        string name, in FileStatus status, string linkTarget, IReadOnlyList<ExtendedAttribute> attributes)
    {
        NodeType type = status.Type;
        bool isDevice = type is NodeType.BlockDevice or NodeType.CharacterDevice;
        FileTimestamp modified = Time(status.ModifiedTime);
        return new TreeNode
        {
            Name = name,
            Type = type,
            Mode = GoFileMode.FromUnix(status.Mode),
            ModifiedTime = modified,
            AccessTime = recordAccessTime ? Time(status.AccessTime) : modified,
            ChangeTime = Time(status.ChangeTime),
            UserId = status.UserId,
            GroupId = status.GroupId,
            User = _accounts.User(status.UserId),
            Group = _accounts.Group(status.GroupId),
            Inode = status.Inode,
            DeviceId = status.DeviceId,
            Size = type == NodeType.File ? status.Size : 0,
            Links = isDevice || type is NodeType.File or NodeType.SymbolicLink ? status.Links : 0,
            LinkTarget = linkTarget,
            ExtendedAttributes = attributes,
            Device = isDevice ? status.Device : 0,
        };
    }

    private FileTimestamp Time(StatusTime time) => _offsets.Spell(time.Seconds, (int)time.Nanoseconds);
}
