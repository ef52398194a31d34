using System;
using System.Buffers;
using System.Collections.Generic;
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
        long offset = 0;
        for (int i = 0; i < node.Content!.Count; i++)
        {
            int length = (int)blobs.LengthOf(new BlobKey(BlobType.Data, node.Content[i]));
            if (!Has(file, offset, length, node.Content[i]))
            {
                differing.Add(i);
            }

            offset += length;
        }

        return differing;
    }

    private static bool Has(IRestoreFile file, long offset, int length, ObjectId id)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return file.Read(offset, buffer.AsSpan(0, length)) == length
                && ObjectId.Hash(buffer.AsSpan(0, length)) == id;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
