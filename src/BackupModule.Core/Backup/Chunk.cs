using System;
using System.Buffers;

namespace BackupModule.Core.Backup;

/// <summary>A chunk of a file on its way to be hashed, in a pooled buffer.</summary>
/// <param name="File">The file.</param>
/// <param name="Number">The chunk's place in it, from 0.</param>
/// <param name="Buffer">The buffer, given back by <see cref="Release"/>.</param>
/// <param name="Length">How many bytes of the buffer are the chunk.</param>
internal readonly record struct Chunk(FileBackup File, int Number, byte[] Buffer, int Length)
{
    public ReadOnlySpan<byte> Content => Buffer.AsSpan(0, Length);

    public void Release() => ArrayPool<byte>.Shared.Return(Buffer);
}
