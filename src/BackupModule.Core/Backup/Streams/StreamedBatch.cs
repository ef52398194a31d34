using System;
using System.Collections.Generic;

namespace BackupModule.Core.Backup.Streams;

/// <summary>Blocks of streamed files on their way to be stored: many at once, since handing one over costs as much as
/// hashing it.</summary>
/// <param name="Buffer">A rented buffer.</param>
/// <param name="Path">The streamed folder, for progress.</param>
/// <param name="Complete">To be called when every block is stored.</param>
internal sealed record StreamedBatch(byte[] Buffer, string Path, Action Complete)
{
    /// <summary>The blocks in the buffer.</summary>
    public List<StreamedBlock> Blocks { get; } = [];
}

/// <summary>A block of a streamed file within a batch.</summary>
/// <param name="File">The file.</param>
/// <param name="Number">The block's number in the file.</param>
/// <param name="Start">Its place in the buffer.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct StreamedBlock(StreamedFile File, int Number, int Start, int Length);
