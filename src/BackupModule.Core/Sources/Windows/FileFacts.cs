using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Windows;

/// <summary>What Windows tells of a file. Times are counts of 100 ns since 1601.</summary>
internal readonly record struct FileFacts(
    uint Attributes, long CreationTime, long AccessTime, long WriteTime, ulong Size, uint ReparseTag)
{
    public const uint ReadOnly = 0x1;
    public const uint Directory = 0x10;
    public const uint Normal = 0x80;
    public const uint ReparsePoint = 0x400;

    private const uint SymbolicLinkTag = 0xa000000c;
    private const uint SocketTag = 0x80000023;
    private const uint DeduplicatedTag = 0x80000013;
    private const uint CloudTag = 0x9000001a;
    private const uint CloudTagMask = 0xffff0fff;

    private const uint AllMayRead = 0x124;
    private const uint AllMayWrite = 0x092;
    private const uint AllMayEnter = 0x049;

    /// <summary>What it is. Deduplicated files and those of cloud providers read as any other.</summary>
    public NodeType Type => (Attributes & ReparsePoint) == 0
        || ReparseTag == DeduplicatedTag || (ReparseTag & CloudTagMask) == CloudTag
            ? (Attributes & Directory) != 0 ? NodeType.Directory : NodeType.File
            : ReparseTag switch
            {
                SymbolicLinkTag => NodeType.SymbolicLink,
                SocketTag => NodeType.Socket,
                _ => NodeType.Irregular,
            };

    /// <summary>The mode that Go makes up for it.</summary>
    public uint Mode
    {
        get
        {
            uint permissions = AllMayRead | ((Attributes & ReadOnly) == 0 ? AllMayWrite : 0);
            return Type switch
            {
                NodeType.Directory => GoFileMode.Directory | permissions | AllMayEnter,
                NodeType.SymbolicLink => GoFileMode.SymbolicLink | permissions,
                NodeType.Socket => GoFileMode.Socket | permissions,
                NodeType.Irregular => GoFileMode.Irregular | permissions,
                _ => permissions,
            };
        }
    }
}
