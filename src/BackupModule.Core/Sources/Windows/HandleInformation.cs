using System.Runtime.InteropServices;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Windows' <c>BY_HANDLE_FILE_INFORMATION</c>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct HandleInformation
{
    public uint Attributes;
    public long CreationTime;
    public long AccessTime;
    public long WriteTime;
    public uint VolumeSerialNumber;
    public uint SizeHigh;
    public uint SizeLow;
    public uint Links;
    public uint IndexHigh;
    public uint IndexLow;

    public readonly FileFacts ToFacts(uint reparseTag) =>
        new(Attributes, CreationTime, AccessTime, WriteTime, ((ulong)SizeHigh << 32) | SizeLow, reparseTag);
}
