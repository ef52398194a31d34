using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Storage.Local;

/// <summary>
/// Writes large files past the system's page cache: the copy into it is the dearest part of storing a pack, it pushes
/// out what the machine's applications have there, and a backup is not read soon.
/// </summary>
internal static partial class DirectWriter
{
    private const int SmallestGain = 1024 * 1024;
    private const int GetFlags = 3;
    private const int SetFlags = 4;

    // O_DIRECT differs between processors.
    private static readonly int s_direct = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 0x4000,
        Architecture.Arm64 => 0x10000,
        _ => 0,
    };

    /// <summary>Writes as much of the content as can be written directly, from the file's start.</summary>
    /// <param name="file">A new file, open for writing.</param>
    /// <param name="content">What it will hold; only memory from <see cref="AlignedMemory"/> can be written.</param>
    /// <returns>How many bytes were written; 0 where system, file system or memory do not allow it.</returns>
    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        int length = content.Length & ~(AlignedMemory.Alignment - 1);
        if (length < SmallestGain || !OperatingSystem.IsLinux() || s_direct == 0
            || !AlignedMemory.IsAligned(content) || !TrySetDirect(file, isDirect: true))
        {
            return 0;
        }

        try
        {
            RandomAccess.Write(file, content[..length], fileOffset: 0);
            return length;
        }
        catch (IOException)
        {
            // Some file systems promise and then refuse. If it was anything else, the ordinary write will say so.
            return 0;
        }
        finally
        {
            TrySetDirect(file, isDirect: false);
        }
    }

    private static bool TrySetDirect(SafeFileHandle file, bool isDirect)
    {
        nint flags = Control(file, GetFlags, 0);
        return flags >= 0 && Control(file, SetFlags, isDirect ? flags | s_direct : flags & ~(nint)s_direct) >= 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial nint Control(SafeFileHandle file, int command, nint argument);
}
