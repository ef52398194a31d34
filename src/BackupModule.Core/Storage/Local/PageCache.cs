using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Storage.Local;

/// <summary>What Linux has of files in its page cache.</summary>
internal static unsafe partial class PageCache
{
    private const int MostPages = 1024;
    private const int NoAccess = 0;
    private const int Shared = 1;
    private const byte Resident = 1;

    /// <summary>True if at least half of the range, or of its first 1024 pages if it has more, is in the page cache. True
    /// also where the system does not tell this user; false where it does not tell anybody.</summary>
    public static bool HoldsMost(SafeFileHandle file, long offset, int length)
    {
        int pageSize = Environment.SystemPageSize;
        long start = offset - (offset % pageSize);
        int pages = (int)Math.Min(MostPages, (offset + length - start + pageSize - 1) / pageSize);
        nuint size = (nuint)pages * (nuint)pageSize;
        void* address = Map(null, size, NoAccess, Shared, file, start);
        if ((nint)address == -1)
        {
            return false;
        }

        try
        {
            Span<byte> states = stackalloc byte[MostPages];
            fixed (byte* state = states)
            {
                return AreResident(address, size, state) == 0 && CountResident(states[..pages]) >= (pages + 1) / 2;
            }
        }
        finally
        {
            _ = Unmap(address, size);
        }
    }

    // The other bits of a state are not defined.
    private static int CountResident(ReadOnlySpan<byte> states)
    {
        int count = 0;
        foreach (byte state in states)
        {
            count += state & Resident;
        }

        return count;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint size, int access, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint size);

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static partial int AreResident(void* address, nuint size, byte* states);
}
