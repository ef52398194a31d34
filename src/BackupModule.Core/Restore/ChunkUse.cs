using BackupModule.Core.Packing;

namespace BackupModule.Core.Restore;

/// <summary>One place that a chunk of a pack is written to.</summary>
/// <param name="File">The file.</param>
/// <param name="Number">The chunk's number in it.</param>
/// <param name="FileOffset">The chunk's first byte in it.</param>
/// <param name="PackOffset">First byte of its container in the pack.</param>
/// <param name="Length">Length of its container.</param>
/// <param name="UncompressedLength">Length of the plaintext if it was compressed; 0 if it was not.</param>
internal readonly record struct ChunkUse(
    FileProgress File, int Number, long FileOffset, uint PackOffset, uint Length, uint UncompressedLength)
{
    /// <summary>The chunk in its pack. Its id is the file's, so that not every use has to hold it.</summary>
    public PackEntry Entry =>
        new(new BlobKey(BlobType.Data, File.Node.Content![Number]), PackOffset, Length, UncompressedLength);
}
