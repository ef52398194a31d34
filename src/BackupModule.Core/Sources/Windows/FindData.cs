using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Windows' <c>WIN32_FIND_DATAW</c>, and at its start <c>WIN32_FILE_ATTRIBUTE_DATA</c>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct FindData
{
    private const int NameLength = 260;

    public uint Attributes;
    public long CreationTime;
    public long AccessTime;
    public long WriteTime;
    public uint SizeHigh;
    public uint SizeLow;
    public uint ReparseTag;
    public uint Reserved;
    public fixed char Name[NameLength];
    public fixed char ShortName[14];

    public readonly FileFacts Facts =>
        new(Attributes, CreationTime, AccessTime, WriteTime, ((ulong)SizeHigh << 32) | SizeLow, ReparseTag);

    public readonly string ReadName()
    {
        fixed (char* name = Name)
        {
            ReadOnlySpan<char> all = new(name, NameLength);
            int end = all.IndexOf('\0');
            return WindowsText.ToRaw(end < 0 ? all : all[..end]);
        }
    }
}
