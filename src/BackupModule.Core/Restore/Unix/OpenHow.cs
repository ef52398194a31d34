using System.Runtime.InteropServices;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Linux's <c>struct open_how</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    public ulong Flags;
    public ulong Mode;
    public ulong Resolve;
}
