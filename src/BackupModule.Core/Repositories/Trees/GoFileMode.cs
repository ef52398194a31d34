namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// The mode bits of the tree format: Go's <c>os.FileMode</c>, which keeps the permissions in the low nine bits and
/// spells types and special bits differently from <c>st_mode</c>.
/// </summary>
public static class GoFileMode
{
    /// <summary>Mask of the permission bits.</summary>
    public const uint Permissions = 0x1ff;

    /// <summary>Directory.</summary>
    public const uint Directory = 1u << 31;

    /// <summary>Symbolic link.</summary>
    public const uint SymbolicLink = 1u << 27;

    /// <summary>Device; with <see cref="CharacterDevice"/> a character device, else a block device.</summary>
    public const uint Device = 1u << 26;

    /// <summary>Named pipe.</summary>
    public const uint NamedPipe = 1u << 25;

    /// <summary>Socket.</summary>
    public const uint Socket = 1u << 24;

    /// <summary>Set user id on execution.</summary>
    public const uint SetUserId = 1u << 23;

    /// <summary>Set group id on execution.</summary>
    public const uint SetGroupId = 1u << 22;

    /// <summary>Character device, together with <see cref="Device"/>.</summary>
    public const uint CharacterDevice = 1u << 21;

    /// <summary>Sticky.</summary>
    public const uint Sticky = 1u << 20;

    /// <summary>Neither of the known types.</summary>
    public const uint Irregular = 1u << 19;

    private const uint UnixTypeMask = 0xf000;
    private const uint UnixSetUserId = 0x800;
    private const uint UnixSetGroupId = 0x400;
    private const uint UnixSticky = 0x200;

    /// <summary>The mode for a POSIX <c>st_mode</c>.</summary>
    public static uint FromUnix(uint unixMode)
    {
        uint mode = unixMode & Permissions;
        mode |= (unixMode & UnixTypeMask) switch
        {
            0x4000 => Directory,
            0xa000 => SymbolicLink,
            0x6000 => Device,
            0x2000 => Device | CharacterDevice,
            0x1000 => NamedPipe,
            0xc000 => Socket,
            0x8000 => 0,
            _ => Irregular,
        };
        mode |= (unixMode & UnixSetUserId) != 0 ? SetUserId : 0;
        mode |= (unixMode & UnixSetGroupId) != 0 ? SetGroupId : 0;
        mode |= (unixMode & UnixSticky) != 0 ? Sticky : 0;
        return mode;
    }

    /// <summary>The permission bits with set-id and sticky, as <c>chmod</c> takes them.</summary>
    public static uint ToUnixPermissions(uint mode)
    {
        uint unix = mode & Permissions;
        unix |= (mode & SetUserId) != 0 ? UnixSetUserId : 0;
        unix |= (mode & SetGroupId) != 0 ? UnixSetGroupId : 0;
        unix |= (mode & Sticky) != 0 ? UnixSticky : 0;
        return unix;
    }

    /// <summary>The type that a POSIX <c>st_mode</c> says.</summary>
    public static NodeType TypeFromUnix(uint unixMode) => (unixMode & UnixTypeMask) switch
    {
        0x4000 => NodeType.Directory,
        0xa000 => NodeType.SymbolicLink,
        0x6000 => NodeType.BlockDevice,
        0x2000 => NodeType.CharacterDevice,
        0x1000 => NodeType.Fifo,
        0xc000 => NodeType.Socket,
        0x8000 => NodeType.File,
        _ => NodeType.Irregular,
    };
}
