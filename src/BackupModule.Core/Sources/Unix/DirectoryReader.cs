using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Lists an open directory with <c>getdents64</c>, in the order in which the file system keeps it.</summary>
/// <param name="directory">Descriptor of the directory.</param>
/// <param name="buffer">Where entries are read into; 32 KiB or more keeps the calls few.</param>
internal unsafe ref struct DirectoryReader(int directory, Span<byte> buffer)
{
    /// <summary>A good size for the buffer.</summary>
    public const int BufferSize = 65_536;

    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    private readonly Span<byte> _buffer = buffer;
    private Span<byte> _rest;

    /// <summary>The entry's name. A zero byte follows it in memory, so that it can be passed on as it is.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The number of the failure that ended the listing; 0 if all of it was read.</summary>
    public int Error { get; private set; }

    /// <summary>Goes to the next entry except <c>.</c> and <c>..</c>; false at the end.</summary>
    public bool MoveNext()
    {
        do
        {
            if (_rest.IsEmpty && !Fill())
            {
                return false;
            }

            int length = MemoryMarshal.Read<ushort>(_rest[LengthOffset..]);
            Span<byte> name = _rest[NameOffset..length];
            Name = name[..name.IndexOf((byte)0)];
            _rest = _rest[length..];
        }
        while (Name.SequenceEqual("."u8) || Name.SequenceEqual(".."u8));

        return true;
    }

    private bool Fill()
    {
        nint read;
        fixed (byte* target = _buffer)
        {
            read = LinuxNativeMethods.SystemCall(
                SystemCallNumbers.GetDirectoryEntries, directory, (nint)target, _buffer.Length, 0, 0, 0);
        }

        Error = read < 0 ? LinuxNativeMethods.LastError : 0;
        _rest = read > 0 ? _buffer[..(int)read] : [];
        return read > 0;
    }
}
