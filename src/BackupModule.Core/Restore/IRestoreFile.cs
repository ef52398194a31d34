using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>A file of a restore, open for reading and writing at any place. Members may be called from many threads at
/// once.</summary>
public interface IRestoreFile : IDisposable
{
    /// <summary>The file's length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all the bytes at the offset.</summary>
    void Write(long offset, ReadOnlySpan<byte> data);

    /// <summary>Reads from the offset until the buffer is full or the file ends; returns the count.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Cuts the file, or lengthens it with a hole.</summary>
    void SetLength(long length);

    /// <summary>Gives the file the node's metadata, as <see cref="IRestoreTarget.ApplyMetadata"/> does, and closes it.
    /// Nobody may use it meanwhile.</summary>
    BackupException? Complete(TreeNode node);
}
