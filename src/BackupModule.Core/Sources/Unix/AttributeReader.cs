using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Reads extended attributes.</summary>
internal static unsafe class AttributeReader
{
    private const int FirstSize = 1024;

    /// <summary>Reads all attributes, in the order in which the system lists them.</summary>
    /// <param name="holder">Whose.</param>
    /// <param name="attributes">Those that could be read.</param>
    /// <returns>The number of the first failure; 0 if all were read. File systems that have no attributes, or show
    /// none, do not fail.</returns>
    [SkipLocalsInit]
    public static int Read(AttributeHolder holder, out IReadOnlyList<ExtendedAttribute> attributes)
    {
        attributes = [];
        byte* first = stackalloc byte[FirstSize];
        nint length = holder.List(first, FirstSize);
        if (length >= 0)
        {
            return length == 0 ? 0 : ReadValues(holder, new ReadOnlySpan<byte>(first, (int)length), out attributes);
        }

        int error = LinuxNativeMethods.LastError;
        if (error != Errno.Range)
        {
            return error is Errno.NotSupported or Errno.NotPermitted ? 0 : error;
        }

        byte[]? names = Grow(holder, null, out int size, out error);
        return names is null ? error : ReadValues(holder, names.AsSpan(0, size), out attributes);
    }

    private static int ReadValues(
        AttributeHolder holder, ReadOnlySpan<byte> names, out IReadOnlyList<ExtendedAttribute> attributes)
    {
        List<ExtendedAttribute> found = [];
        int failure = 0;
        fixed (byte* start = names)
        {
            byte* name = start;
            while (name < start + names.Length)
            {
                ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
                int error = ReadValue(holder, name, out byte[]? value);
                if (value is not null)
                {
                    found.Add(new ExtendedAttribute(RawText.Decode(bytes), value));
                }
                else if (error != Errno.NoData && failure == 0)
                {
                    // NoData: removed since it was listed.
                    failure = error;
                }

                name += bytes.Length + 1;
            }
        }

        attributes = found;
        return failure;
    }

    [SkipLocalsInit]
    private static int ReadValue(AttributeHolder holder, byte* name, out byte[]? value)
    {
        byte* first = stackalloc byte[FirstSize];
        nint length = holder.Get(name, first, FirstSize);
        if (length >= 0)
        {
            value = new ReadOnlySpan<byte>(first, (int)length).ToArray();
            return 0;
        }

        int error = LinuxNativeMethods.LastError;
        if (error != Errno.Range)
        {
            value = null;
            return error;
        }

        byte[]? grown = Grow(holder, name, out int size, out error);
        value = grown?.AsSpan(0, size).ToArray();
        return error;
    }

    /// <summary>Reads a value, or the names if no name is given, into a buffer of the size that the system asks
    /// for.</summary>
    private static byte[]? Grow(AttributeHolder holder, byte* name, out int length, out int error)
    {
        while (true)
        {
            nint size = name == null ? holder.List(null, 0) : holder.Get(name, null, 0);
            byte[] buffer = size < 0 ? [] : new byte[size + FirstSize];
            fixed (byte* target = buffer)
            {
                if (size >= 0)
                {
                    size = name == null
                        ? holder.List(target, (nuint)buffer.Length)
                        : holder.Get(name, target, (nuint)buffer.Length);
                }
            }

            length = (int)size;
            error = size < 0 ? LinuxNativeMethods.LastError : 0;
            if (error != Errno.Range)
            {
                return size < 0 ? null : buffer;
            }
        }
    }
}
