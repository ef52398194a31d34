using System.Runtime.InteropServices;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Linux's <c>struct statx</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    /// <summary>The fields that a plain <c>stat</c> would fill.</summary>
    public const uint BasicFields = 0x7ff;

    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint UserId;

    [FieldOffset(24)]
    public uint GroupId;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    /// <summary>What the file takes on the disk, in units of 512 bytes.</summary>
    [FieldOffset(48)]
    public ulong Blocks;

    [FieldOffset(64)]
    public StatusTime AccessTime;

    [FieldOffset(96)]
    public StatusTime ChangeTime;

    [FieldOffset(112)]
    public StatusTime ModifiedTime;

    [FieldOffset(128)]
    private readonly uint _ownDeviceMajor;

    [FieldOffset(132)]
    private readonly uint _ownDeviceMinor;

    [FieldOffset(136)]
    private readonly uint _deviceMajor;

    [FieldOffset(140)]
    private readonly uint _deviceMinor;

    public readonly NodeType Type => GoFileMode.TypeFromUnix(Mode);

    /// <summary>The device that the entry is on (<c>st_dev</c>).</summary>
    public readonly ulong DeviceId => MakeDevice(_deviceMajor, _deviceMinor);

    /// <summary>The device that the entry is (<c>st_rdev</c>).</summary>
    public readonly ulong Device => MakeDevice(_ownDeviceMajor, _ownDeviceMinor);

    /// <summary>glibc's <c>makedev</c>, which is also how Go shows device numbers.</summary>
    public static ulong MakeDevice(uint major, uint minor) =>
        ((ulong)(major & 0xfff) << 8) | (minor & 0xff)
        | ((ulong)(minor & 0xffffff00) << 12) | ((ulong)(major & 0xfffff000) << 32);
}
