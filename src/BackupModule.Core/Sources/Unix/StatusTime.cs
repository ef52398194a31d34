using System.Runtime.InteropServices;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Linux's <c>struct statx_timestamp</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly struct StatusTime
{
    public readonly long Seconds;
    public readonly uint Nanoseconds;
}
