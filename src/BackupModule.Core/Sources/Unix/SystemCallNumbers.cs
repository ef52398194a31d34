using System.Runtime.InteropServices;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Numbers of the system calls made without the C library's help; those above 400 are the same everywhere.
/// </summary>
internal static class SystemCallNumbers
{
    public const int OpenAt2 = 437;
    public const int ChangeModeAt2 = 452;
    public const int SetAttributeAt = 463;
    public const int GetAttributeAt = 464;
    public const int ListAttributesAt = 465;
    public const int RemoveAttributeAt = 466;

    public static readonly int GetDirectoryEntries = IsX64 ? 217 : 61;
    public static readonly int MakeNodeAt = IsX64 ? 259 : 33;

    /// <summary>True on the processors whose numbers and flags are known here.</summary>
    public static bool AreKnown => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;
}
