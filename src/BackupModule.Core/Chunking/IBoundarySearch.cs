using System;

namespace BackupModule.Core.Chunking;

/// <summary>One way to look for places where a chunk may end. All of them find the same; instances may be shared by
/// threads.</summary>
internal interface IBoundarySearch
{
    /// <summary>
    /// The index of the first byte, not before <paramref name="first"/>, at which the fingerprint of the 64 bytes that
    /// end there has its 20 low bits zero; -1 if there is none.
    /// </summary>
    /// <param name="data">The bytes, with those before <paramref name="first"/> that windows reach back to.</param>
    /// <param name="first">At least <see cref="ContentChunker.MinSize"/> - 1.</param>
    int Find(ReadOnlySpan<byte> data, int first);
}
