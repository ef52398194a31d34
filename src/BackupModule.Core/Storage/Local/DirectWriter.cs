using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Storage.Local;

/// <summary>
/// Writes large files past the system's page cache: the copy into it is the dearest part of storing a pack, it pushes
/// out what the machine's applications have there, and a backup is not read soon.
/// </summary>
internal static class DirectWriter
{
    /// <summary>Writes as much of the content as can be written directly, from the file's start.</summary>
    /// <param name="file">A new file, open for writing.</param>
    /// <param name="content">What it will hold; only memory from <see cref="AlignedMemory"/> can be written.</param>
    /// <returns>How many bytes were written; 0 where system, file system or memory do not allow it.</returns>
    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        int length = content.Length & ~(AlignedMemory.Alignment - 1);
        if (length < DirectMode.SmallestGain || !OperatingSystem.IsLinux()
            || !AlignedMemory.IsAligned(content) || !DirectMode.TryEnter(file))
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
            DirectMode.Leave(file);
        }
    }
}
