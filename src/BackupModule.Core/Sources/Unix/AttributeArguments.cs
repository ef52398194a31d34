using System.Runtime.InteropServices;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Linux's <c>struct xattr_args</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttributeArguments
{
    public ulong Value;
    public uint Size;
    public uint Flags;
}
