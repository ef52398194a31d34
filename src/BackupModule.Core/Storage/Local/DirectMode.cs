using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Storage.Local;

/// <summary>Whether reads and writes of an open file go past the system's page cache (<c>O_DIRECT</c>).</summary>
internal static partial class DirectMode
{
    /// <summary>Below this many bytes the ordinary way is as fast.</summary>
    public const int SmallestGain = 1024 * 1024;

    private const int GetFlags = 3;
    private const int SetFlags = 4;

    // O_DIRECT differs between processors.
    private static readonly int s_direct = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 0x4000,
        Architecture.Arm64 => 0x10000,
        _ => 0,
    };

    /// <summary>Turns it on. Then addresses, offsets and lengths must be multiples of
    /// <see cref="AlignedMemory.Alignment"/>.</summary>
    /// <returns>False where the system or the file system does not have it.</returns>
    public static bool TryEnter(SafeFileHandle file) => s_direct != 0 && TrySet(file, isDirect: true);

    /// <summary>Turns it off.</summary>
    public static void Leave(SafeFileHandle file) => TrySet(file, isDirect: false);

    private static bool TrySet(SafeFileHandle file, bool isDirect)
    {
        nint flags = Control(file, GetFlags, 0);
        return flags >= 0 && Control(file, SetFlags, isDirect ? flags | s_direct : flags & ~(nint)s_direct) >= 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial nint Control(SafeFileHandle file, int command, nint argument);
}
