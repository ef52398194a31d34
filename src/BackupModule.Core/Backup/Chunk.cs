using System;

namespace BackupModule.Core.Backup;

/// <summary>A chunk of a file on its way to be stored, at the start of a rented buffer that whoever stores it returns.
/// </summary>
/// <param name="File">The file.</param>
/// <param name="Number">The chunk's place in it, from 0.</param>
/// <param name="Buffer">The buffer.</param>
/// <param name="Length">How many bytes of the buffer are the chunk.</param>
internal readonly record struct Chunk(FileBackup File, int Number, byte[] Buffer, int Length)
{
    public ReadOnlyMemory<byte> Content => Buffer.AsMemory(0, Length);
}
