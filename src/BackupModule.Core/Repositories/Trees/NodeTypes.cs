namespace BackupModule.Core.Repositories.Trees;

/// <summary>The spelling of node types in trees.</summary>
internal static class NodeTypes
{
    public static string ToText(NodeType type) => type switch
    {
        NodeType.File => "file",
        NodeType.Directory => "dir",
        NodeType.SymbolicLink => "symlink",
        NodeType.BlockDevice => "dev",
        NodeType.CharacterDevice => "chardev",
        NodeType.Fifo => "fifo",
        NodeType.Socket => "socket",
        _ => "irregular",
    };

    public static NodeType FromText(string? text) => text switch
    {
        "file" => NodeType.File,
        "dir" => NodeType.Directory,
        "symlink" => NodeType.SymbolicLink,
        "dev" => NodeType.BlockDevice,
        "chardev" => NodeType.CharacterDevice,
        "fifo" => NodeType.Fifo,
        "socket" => NodeType.Socket,
        _ => NodeType.Irregular,
    };
}
