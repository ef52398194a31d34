using System;
using System.Collections.Generic;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>What has been read of a node so far: members of JSON come in any order.</summary>
internal struct NodeDraft
{
    public string? Name;
    public NodeType? Type;
    public uint Mode;
    public FileTimestamp ModifiedTime;
    public FileTimestamp AccessTime;
    public FileTimestamp ChangeTime;
    public uint UserId;
    public uint GroupId;
    public string? User;
    public string? Group;
    public ulong Inode;
    public ulong DeviceId;
    public ulong Size;
    public ulong Links;
    public string? LinkTarget;
    public IReadOnlyList<ExtendedAttribute>? ExtendedAttributes;
    public IReadOnlyList<KeyValuePair<string, string>>? GenericAttributes;
    public ulong Device;
    public IReadOnlyList<ObjectId>? Content;
    public ObjectId? Subtree;

    /// <summary>The node.</summary>
    /// <exception cref="FormatException">It has no name or no type.</exception>
    public readonly TreeNode ToNode() => new()
    {
        Name = Name ?? throw new FormatException("an entry has no name."),
        Type = Type ?? throw new FormatException($"the entry '{RawText.ToDisplay(Name)}' has no type."),
        Mode = Mode,
        ModifiedTime = ModifiedTime,
        AccessTime = AccessTime,
        ChangeTime = ChangeTime,
        UserId = UserId,
        GroupId = GroupId,
        User = User ?? string.Empty,
        Group = Group ?? string.Empty,
        Inode = Inode,
        DeviceId = DeviceId,
        Size = Size,
        Links = Links,
        LinkTarget = LinkTarget ?? string.Empty,
        ExtendedAttributes = ExtendedAttributes ?? [],
        GenericAttributes = GenericAttributes ?? [],
        Device = Device,
        Content = Content,
        Subtree = Subtree,
    };
}
