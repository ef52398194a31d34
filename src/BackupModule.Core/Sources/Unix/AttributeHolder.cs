using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Sources.Unix;

/// <summary>
/// Whose extended attributes are meant: an open file's, or those of a name in an open directory (never those of what
/// a symbolic link points to). Linux 6.13 has calls for the latter; before, the way leads through
/// <c>/proc/self/fd</c>, which neither races with renames nor runs into the limit on the length of paths.
/// </summary>
internal readonly unsafe ref struct AttributeHolder
{
    private const int LongestFallbackPath = 4096;

    private static readonly bool _hasDirectoryCalls = ProbeDirectoryCalls();

    private readonly int _descriptor;
    private readonly byte* _name;
    private readonly bool _throughProc;

    private AttributeHolder(int descriptor, byte* name, bool throughProc)
    {
        _descriptor = descriptor;
        _name = name;
        _throughProc = throughProc;
    }

    /// <summary>The open file.</summary>
    public static AttributeHolder OpenFile(int descriptor) => new(descriptor, null, throughProc: false);

    /// <summary>The name in the directory; a path if the directory is the current one.</summary>
    public static AttributeHolder Entry(int directory, byte* name) =>
        new(directory, name, throughProc: !_hasDirectoryCalls);

    /// <summary>As <see cref="Entry"/>, in the way that older kernels understand.</summary>
    public static AttributeHolder EntryThroughProc(int directory, byte* name) =>
        new(directory, name, throughProc: true);

    /// <summary>The names, each followed by a zero byte.</summary>
    [SkipLocalsInit]
    public nint List(byte* names, nuint size)
    {
        if (_name == null)
        {
            return LinuxNativeMethods.ListAttributesOfFile(_descriptor, names, size);
        }

        if (!_throughProc)
        {
            return LinuxNativeMethods.SystemCall(
                SystemCallNumbers.ListAttributesAt, _descriptor, (nint)_name, LinuxNativeMethods.SymlinkNoFollow,
                (nint)names, (nint)size, 0);
        }

        byte* path = stackalloc byte[LongestFallbackPath];
        return LinuxNativeMethods.ListAttributes(PathTo(path), names, size);
    }

    /// <summary>The value of one.</summary>
    [SkipLocalsInit]
    public nint Get(byte* name, byte* value, nuint size)
    {
        if (_name == null)
        {
            return LinuxNativeMethods.GetAttributeOfFile(_descriptor, name, value, size);
        }

        if (!_throughProc)
        {
            AttributeArguments arguments = new() { Value = (ulong)value, Size = (uint)size };
            return LinuxNativeMethods.SystemCall(
                SystemCallNumbers.GetAttributeAt, _descriptor, (nint)_name, LinuxNativeMethods.SymlinkNoFollow,
                (nint)name, (nint)(&arguments), sizeof(AttributeArguments));
        }

        byte* path = stackalloc byte[LongestFallbackPath];
        return LinuxNativeMethods.GetAttribute(PathTo(path), name, value, size);
    }

    /// <summary>Sets one, whether it is there or not.</summary>
    public int Set(byte* name, byte* value, nuint size)
    {
        if (_name == null)
        {
            return LinuxNativeMethods.SetAttributeOfFile(_descriptor, name, value, size, 0);
        }

        if (!_throughProc)
        {
            AttributeArguments arguments = new() { Value = (ulong)value, Size = (uint)size };
            return (int)LinuxNativeMethods.SystemCall(
                SystemCallNumbers.SetAttributeAt, _descriptor, (nint)_name, LinuxNativeMethods.SymlinkNoFollow,
                (nint)name, (nint)(&arguments), sizeof(AttributeArguments));
        }

        byte* path = stackalloc byte[LongestFallbackPath];
        return LinuxNativeMethods.SetAttribute(PathTo(path), name, value, size, 0);
    }

    /// <summary>Removes one.</summary>
    public int Remove(byte* name)
    {
        if (_name == null)
        {
            return LinuxNativeMethods.RemoveAttributeOfFile(_descriptor, name);
        }

        if (!_throughProc)
        {
            return (int)LinuxNativeMethods.SystemCall(
                SystemCallNumbers.RemoveAttributeAt, _descriptor, (nint)_name, LinuxNativeMethods.SymlinkNoFollow,
                (nint)name, 0, 0);
        }

        byte* path = stackalloc byte[LongestFallbackPath];
        return LinuxNativeMethods.RemoveAttribute(PathTo(path), name);
    }

    private static bool ProbeDirectoryCalls()
    {
        fixed (byte* root = "/\0"u8)
        {
            return LinuxNativeMethods.SystemCall(
                SystemCallNumbers.ListAttributesAt, LinuxNativeMethods.CurrentDirectory, (nint)root, 0, 0, 0, 0) >= 0;
        }
    }

    private byte* PathTo(byte* buffer)
    {
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_name);
        Span<byte> path = new(buffer, LongestFallbackPath);
        if (_descriptor == LinuxNativeMethods.CurrentDirectory
            || !System.Text.Unicode.Utf8.TryWrite(path, $"/proc/self/fd/{_descriptor}/", out int length)
            || !name.TryCopyTo(path[length..^1]))
        {
            return _name;
        }

        path[length + name.Length] = 0;
        return buffer;
    }
}
