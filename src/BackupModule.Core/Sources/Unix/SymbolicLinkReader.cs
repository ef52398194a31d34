using System;
using System.Runtime.CompilerServices;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Reads where symbolic links point.</summary>
internal static unsafe class SymbolicLinkReader
{
    private const int FirstSize = 1024;

    /// <summary>Reads the target of a link in a directory, whatever its length; false, with the error number set, if
    /// the system does not let us.</summary>
    [SkipLocalsInit]
    public static bool TryRead(int directory, byte* entry, out string target)
    {
        byte* first = stackalloc byte[FirstSize];
        nint length = LinuxNativeMethods.ReadLinkAt(directory, entry, first, FirstSize);
        if (length is >= 0 and < FirstSize)
        {
            target = RawText.Decode(new ReadOnlySpan<byte>(first, (int)length));
            return true;
        }

        int size = FirstSize;
        while (length == size)
        {
            // A full buffer may hold only the beginning.
            size *= 4;
            byte[] larger = new byte[size];
            fixed (byte* next = larger)
            {
                length = LinuxNativeMethods.ReadLinkAt(directory, entry, next, (nuint)size);
                if (length >= 0 && length < size)
                {
                    target = RawText.Decode(larger.AsSpan(0, (int)length));
                    return true;
                }
            }
        }

        target = string.Empty;
        return false;
    }
}
