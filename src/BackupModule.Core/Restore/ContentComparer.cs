using System;
using System.Collections.Generic;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>Compares a file on disk with the chunks that a backup has of it.</summary>
internal sealed class ContentComparer(BlobReader blobs)
{
    /// <summary>The numbers of the chunks that the file does not have in their place.</summary>
    public List<int> FindDifferences(IRestoreFile file, TreeNode node)
    {
        List<int> differing = [];
        ForEachChunk(file, node, static _ => true, (number, _, content) =>
        {
            if (ObjectId.Hash(content) != node.Content![number])
            {
                differing.Add(number);
            }
        });
        return differing;
    }

    /// <summary>Copies the chunks that do not differ, each proved once more by its hash.</summary>
    /// <exception cref="BackupException"><c>RestoreTargetUnwritable</c>: the file changed since it was compared.
    /// </exception>
    public void CopyEqual(IRestoreFile file, TreeNode node, IReadOnlySet<int> differing, IRestoreFile copy) =>
        ForEachChunk(file, node, number => !differing.Contains(number), (number, offset, content) =>
        {
            if (ObjectId.Hash(content) != node.Content![number])
            {
                throw new BackupException(
                    BackupErrorKind.RestoreTargetUnwritable,
                    "The file changes while it is restored.",
                    "Stop what writes there, and run the restore again.");
            }

            SparseWriter.Write(copy, offset, content);
        });

    private void ForEachChunk(
        IRestoreFile file, TreeNode node, Func<int, bool> isWanted, Action<int, long, ReadOnlySpan<byte>> action)
    {
        long offset = 0;
        for (int i = 0; i < node.Content!.Count; i++)
        {
            int length = (int)blobs.LengthOf(new BlobKey(BlobType.Data, node.Content[i]));
            if (isWanted(i))
            {
                byte[] buffer = BufferPool.Shared.Rent(length);
                int read = file.Read(offset, buffer.AsSpan(0, length));
                action(i, offset, buffer.AsSpan(0, read));
                BufferPool.Shared.Return(buffer);
            }

            offset += length;
        }
    }
}
